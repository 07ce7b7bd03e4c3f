"""Asking over HTTP again when a service is busy, with an end.

The tasks that ask over HTTP have the same copy of this file; tests/builtin/test_copies.py keeps the copies equal.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

logger = logging.getLogger(__name__)
logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every question

ATTEMPTS = 5
LONGEST_WAIT = 120.0
BUSY = (429, 500, 502, 503, 504)
Answer = TypeVar("Answer")


class Busy(Exception):
    """A service that may answer later; `wait` is what it asked for, in seconds."""

    def __init__(self, message: str, wait: str | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class Refused(Exception):
    """What a service will not answer however often it is asked, in words for an administrator."""


class RefusedItem(Refused):
    """It is what was sent that it does not take; other things it may."""


def until_answered(ask: Callable[[], Answer]) -> Answer:
    """Asks until there is an answer, at most `ATTEMPTS` times; waits as told, or 1, 2, 4 and 8 seconds."""
    for attempt in range(ATTEMPTS):
        try:
            return ask()
        except Busy as busy:
            if attempt + 1 == ATTEMPTS:
                raise Refused(f"{busy}, {ATTEMPTS} times in a row. The next run goes on from here.") from busy
            seconds = _seconds(busy.wait, 2.0**attempt)
            logger.warning("%s; asking again in %g seconds", busy, seconds)
            time.sleep(seconds)
    raise AssertionError("unreachable")


def _seconds(told: str | None, otherwise: float) -> float:
    try:
        return min(max(float(told), 0.0), LONGEST_WAIT) if told else otherwise
    except ValueError:  # a date: rare, and the next answer will say so again
        return otherwise


def ask(client: httpx.Client, service: str, method: str, address: str, **options: Any) -> httpx.Response:
    """One question to `service`, again while it is busy. Raises `Refused` for every answer that is no success."""

    def once() -> httpx.Response:
        try:
            answer = client.request(method, address, **options)
        except httpx.TransportError as error:
            raise Busy(f"{service} cannot be reached ({type(error).__name__})") from None
        if answer.status_code in BUSY:
            raise Busy(f"{service} answered with status {answer.status_code}", answer.headers.get("Retry-After"))
        return answer

    answer = until_answered(once)
    if answer.status_code in (401, 403):
        raise Refused(
            f"{service} does not accept the credential (status {answer.status_code}). It may have expired: replace it."
        )
    if answer.status_code in (400, 413, 422):
        raise RefusedItem(f"{service} does not take what was sent (status {answer.status_code}).")
    if not answer.is_success:
        raise Refused(f"{service} answered with status {answer.status_code}.")
    return answer
