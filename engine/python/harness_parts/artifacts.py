"""Files that are kept with a run."""

from __future__ import annotations

import io
import os
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from harness_parts.text import said_by

if TYPE_CHECKING:  # authors import this in their tests, also where the channel cannot be
    from harness_parts.channel import EventChannel

FOLDER = ".artifacts"
COUNT_LIMIT = 100
FILE_LIMIT = 100 * 1024 * 1024
TOTAL_LIMIT = 500 * 1024 * 1024
_NAME_LIMIT = 200
_CHUNK = 1024 * 1024


class Artifacts:
    """Copies files to where the server collects them, and tells it of each when it is complete."""

    def __init__(self, run_folder: str, channel: EventChannel) -> None:
        self._folder = os.path.join(run_folder, FOLDER)
        self._channel = channel
        self._process = os.getpid()
        self._count = 0
        self._total = 0
        self._lock = threading.Lock()

    def keep_file(self, path: str | os.PathLike[str], name: Any = None) -> Path:
        """Copies the file as it is now. Raises FileNotFoundError or ValueError that names it."""
        path = existing_file(path)
        with open(path, "rb") as source:
            self._keep(source, path.name if name is None else name)
        return path

    def keep_text(self, name: Any, text: str) -> None:
        """Keeps a text as a file in UTF-8."""
        self._keep(io.BytesIO(text.encode("utf-8", "replace")), name)

    def _keep(self, source: BinaryIO, name: Any) -> None:
        if os.getpid() != self._process:
            raise RuntimeError("artifacts can be kept by the task's own process only, not by one that it started")
        with self._lock:
            number = self._count + 1
            name = safe_name(name, f"artifact-{number}")
            if number > COUNT_LIMIT:
                raise ValueError(f"{name} is not kept: a run may have {COUNT_LIMIT} artifacts")
            os.makedirs(self._folder, exist_ok=True)
            target = os.path.join(self._folder, str(number))
            try:
                size = self._copy(source, target, name)
            except BaseException:
                if os.path.lexists(target):
                    os.unlink(target)
                raise
            self._count, self._total = number, self._total + size
            self._channel.emit({"event": "artifact", "file": str(number), "name": name, "size": size})

    def _copy(self, source: BinaryIO, target: str, name: str) -> int:
        """Counts what it copies, because a file may grow meanwhile."""
        size = 0
        with open(target, "wb") as kept:
            while chunk := source.read(_CHUNK):
                size += len(chunk)
                if size > FILE_LIMIT:
                    raise ValueError(f"{name} is not kept: an artifact may have {FILE_LIMIT >> 20} MiB")
                if self._total + size > TOTAL_LIMIT:
                    raise ValueError(f"{name} is not kept: the artifacts of a run may have {TOTAL_LIMIT >> 20} MiB")
                kept.write(chunk)
        return size


def existing_file(path: str | os.PathLike[str]) -> Path:
    """The path, if it leads to a regular file. Opening a pipe, say, would wait for ever."""
    found = Path(path)
    try:
        mode = found.stat().st_mode
    except FileNotFoundError:
        raise FileNotFoundError(f"the artifact {found} does not exist") from None
    except OSError as error:
        raise ValueError(f"the artifact {found} cannot be read: {said_by(error)}") from None
    if not stat.S_ISREG(mode):
        kind = "a folder; pack it into one file first" if stat.S_ISDIR(mode) else "no regular file"
        raise ValueError(f"the artifact {found} is {kind}")
    return found


def safe_name(name: Any, otherwise: str) -> str:
    """A name to save a download under: no folders, nothing invisible, not too long, and the ending kept."""
    last = str(name).replace("\\", "/").rpartition("/")[2]
    visible = "".join(letter for letter in last if letter.isprintable()).strip()
    if visible in ("", ".", ".."):
        return otherwise
    stem, ending = os.path.splitext(visible)
    ending = ending[:20]
    return stem[: _NAME_LIMIT - len(ending)] + ending
