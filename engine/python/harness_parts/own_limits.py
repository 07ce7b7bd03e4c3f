"""Limits that the harness sets for itself, where the server has no right to."""

from __future__ import annotations


def apply_own_limits(argv: list[str]) -> None:
    """Takes arguments such as `RLIMIT_DATA=2147483648` off `argv` and sets each, for good.

    The server sets limits from outside. On a process of another user it often may not, even when it is root.
    """
    if len(argv) == 1:
        return
    import resource

    for argument in argv[1:]:
        name, _, limit = argument.partition("=")
        resource.setrlimit(getattr(resource, name), (int(limit), int(limit)))
    del argv[1:]
