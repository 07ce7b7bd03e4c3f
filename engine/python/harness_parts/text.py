"""Small helpers for text that comes from a task."""

from __future__ import annotations


def shorten(text: str, limit: int) -> str:
    """Keeps the first quarter and the last three of a text over the limit: causes and conclusions stand at the ends."""
    if len(text) <= limit:
        return text
    head = limit // 4
    left_out = len(text) - limit
    return f"{text[:head]}\n[... {left_out} characters left out ...]\n{text[left_out + head :]}"


def said_by(error: BaseException) -> str:
    """The exception's own message, or its name when it has none."""
    try:
        return str(error) or type(error).__name__
    except Exception:
        return type(error).__name__


def article(word: str) -> str:
    """'a dict', 'an int'."""
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"
