"""What a run of the task may use: the class attribute LIMITS."""

from __future__ import annotations

import re

from harness_parts.text import article, cut, nearest

KEYS = ("memory_mb", "processes", "file_mb", "open_files", "time_minutes", "runs")

# Tags and labels are words: what can stand in an option of the server, between commas.
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_MOST_WORDS = 20

# Far above what any machine has, and still a number for every program.
_LARGEST = 2**31 - 1


def limits(job: type, warnings: list[str]) -> dict[str, int | None]:
    """Each key with its number, or None for what follows the server's own options."""
    declared = getattr(job, "LIMITS", None)
    found: dict[str, int | None] = dict.fromkeys(KEYS)
    if declared is None:
        return found
    if not isinstance(declared, dict):
        kind = article(type(declared).__name__)
        warnings.append(f'LIMITS is ignored: it must be a dict such as {{"memory_mb": 512}}, but it is {kind}.')
        return found
    for key, value in declared.items():
        if key not in found:
            warnings.append(f"LIMITS has no entry {cut(repr(key), 100)}.{nearest(key, KEYS)}")
        elif isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LARGEST:
            found[key] = int(value)
        elif value is not None:
            shown = cut(repr(value), 100)
            warnings.append(f"LIMITS[{key!r}] is ignored: it must be a whole number above 0, but it is {shown}.")
    return found


def words(job: type, attribute: str, warnings: list[str]) -> list[str]:
    """The words of TAGS or NEEDS, each once; a single word may stand without a list."""
    declared = getattr(job, attribute, None)
    if declared is None:
        return []
    if isinstance(declared, str):
        declared = [declared]
    if not isinstance(declared, (list, tuple, set, frozenset)):
        kind = article(type(declared).__name__)
        warnings.append(f'{attribute} is ignored: it must be a list of words such as ["reports"], but it is {kind}.')
        return []
    found: list[str] = []
    for word in sorted(declared, key=str) if isinstance(declared, (set, frozenset)) else declared:
        if not isinstance(word, str) or not _WORD.fullmatch(word):
            shown = cut(repr(word), 100)
            warnings.append(f"{attribute}: {shown} is left out. Use letters, digits, dot, dash and underscore.")
        elif word not in found:
            found.append(word)
    if len(found) > _MOST_WORDS:
        warnings.append(f"{attribute}: only the first {_MOST_WORDS} of {len(found)} words count.")
    return found[:_MOST_WORDS]
