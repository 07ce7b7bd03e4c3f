"""Small helpers for text that comes from a task."""

from __future__ import annotations

from collections.abc import Iterable


def shorten(text: str, limit: int) -> str:
    """Keeps the first quarter and the last three of a text over the limit: causes and conclusions stand at the ends."""
    if len(text) <= limit:
        return text
    head = limit // 4
    left_out = len(text) - limit
    return f"{text[:head]}\n[... {left_out} characters left out ...]\n{text[left_out + head :]}"


def cut(text: str, limit: int) -> str:
    """The beginning of a text over the limit, for a place of one line."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def said_by(error: BaseException) -> str:
    """The exception's own message, or its name when it has none."""
    try:
        return str(error) or type(error).__name__
    except Exception:
        return type(error).__name__


def article(word: str) -> str:
    """'a dict', 'an int'."""
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"


def nearest(word: object, known: Iterable[str], likeness: float = 0.6) -> str:
    """' Did you mean …?', or nothing when no known word is like it. A likeness of 1 is the word itself."""
    from difflib import get_close_matches

    in_lower_case = {name.lower(): name for name in known}
    close = get_close_matches(str(word).lower(), in_lower_case, n=1, cutoff=likeness)
    return f" Did you mean {in_lower_case[close[0]]!r}?" if close else ""
