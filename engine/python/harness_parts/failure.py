"""Where and why task code failed, in the words and places its author knows."""

from __future__ import annotations

import os
import traceback
from types import TracebackType
from typing import Any, Optional

from harness_parts.text import said_by, shorten

TRACEBACK_LIMIT = 32 * 1024
MESSAGE_LIMIT = 16 * 1024

Place = tuple[Optional[str], Optional[int]]


def failure(error: BaseException, folder: str) -> dict[str, Any]:
    """The fields that every kind of failure event shares."""
    if isinstance(error, MemoryError):
        traceback.clear_frames(error.__traceback__)  # frees what the task held; the report needs some
    file, line = locate(error, folder)
    return {
        "exception": type(error).__name__,
        "message": shorten(said_by(error), MESSAGE_LIMIT),
        "file": file,
        "line": line,
        "traceback": shorten(_traceback(error, folder), TRACEBACK_LIMIT),
    }


def locate(error: BaseException, folder: str) -> Place:
    """The author's line: of the syntax error, else of the deepest frame inside the task's folder."""
    if isinstance(error, SyntaxError) and error.filename and is_syntax_error(error):
        return _relative(error.filename, folder), error.lineno
    place: Place = (None, None)
    for frame, line in traceback.walk_tb(error.__traceback__):
        if _is_inside(frame.f_code.co_filename, folder):
            place = (_relative(frame.f_code.co_filename, folder), line)
    return place


def is_syntax_error(error: BaseException) -> bool:
    """Whether it is about a file: text that a task hands to `ast.parse` raises SyntaxError too."""
    return isinstance(error, SyntaxError) and os.path.isabs(error.filename or "")


def _traceback(error: BaseException, folder: str) -> str:
    return "".join(traceback.format_exception(type(error), error, _from_task_on(error.__traceback__, folder)))


def _from_task_on(start: TracebackType | None, folder: str) -> TracebackType | None:
    """Leaves out how the harness and asyncio came to call the task. None if they never did."""
    while start is not None and not _is_inside(start.tb_frame.f_code.co_filename, folder):
        start = start.tb_next
    return start


def _is_inside(path: str, folder: str) -> bool:
    """Packages installed below the task's folder are not the author's own code."""
    return path.startswith(folder + os.sep) and f"{os.sep}site-packages{os.sep}" not in path


def _relative(path: str, folder: str) -> str:
    return os.path.relpath(path, folder) if path.startswith(folder + os.sep) else path
