"""Importing a task's modules from the copies kept for it, under the names their author knows.

A run keeps the code it started with, even what it imports late, whatever happens to the author's files meanwhile. The
copies lie in a folder of the server's. Everything that can be seen of a module is still the author's: `__file__`,
tracebacks, and the `__path__` beside which data files lie.
"""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Iterator
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    SourceFileLoader,
    SourcelessFileLoader,
)
from importlib.util import decode_source, spec_from_file_location
from types import CodeType, ModuleType


class CopyLoader(SourceFileLoader):
    """Reads the copy, and shows the author's file.

    It always compiles: a cached file is trusted by its time in seconds, which a quick edit outruns.
    """

    def __init__(self, fullname: str, path: str, copy: str | None = None) -> None:
        super().__init__(fullname, path)
        self._copy = copy or path

    def get_data(self, path: str) -> bytes:
        return super().get_data(self._copy if path == self.path else path)

    def get_code(self, fullname: str) -> CodeType:
        source = self.get_data(self.path)
        code = self._compiled(source)
        if self._copy != self.path:
            _show_in_tracebacks(self.path, source)
        return code

    def _compiled(self, source: bytes) -> CodeType:
        """NUL bytes are no SyntaxError before Python 3.12, and one without a place from then on."""
        try:
            code: CodeType = self.source_to_code(source, self.path)
        except (ValueError, SyntaxError) as error:
            if getattr(error, "filename", None) is not None:
                raise
            raise SyntaxError(str(error), (self.path, None, None, None)) from None
        return code


class CopyFinder:
    """Finds the modules of one folder: among the copies, then those that only the author's folder has (`.so` files)."""

    def __init__(self, folder: str, copies: str) -> None:
        self._folder = folder
        self._copies = copies
        self._kept = FileFinder(copies, (SourceFileLoader, SOURCE_SUFFIXES))
        self._live = FileFinder(
            folder,
            (ExtensionFileLoader, EXTENSION_SUFFIXES),
            (CopyLoader, SOURCE_SUFFIXES),
            (SourcelessFileLoader, BYTECODE_SUFFIXES),
        )

    def find_spec(self, fullname: str, target: ModuleType | None = None) -> ModuleSpec | None:
        kept = self._kept.find_spec(fullname, target)
        if kept is not None and kept.loader is not None and kept.submodule_search_locations is not None:
            return self._as_the_authors(kept)
        live = self._live.find_spec(fullname, target)
        if kept is None:
            return live
        # Python's own order: packages, compiled modules, sources, and folders without __init__.py last.
        compiled = live is not None and isinstance(live.loader, ExtensionFileLoader)
        only_a_folder = kept.loader is None and live is not None and live.loader is not None
        return live if compiled or only_a_folder else self._as_the_authors(kept)

    def invalidate_caches(self) -> None:
        self._kept.invalidate_caches()
        self._live.invalidate_caches()

    def iter_modules(self, prefix: str = "") -> Iterator[tuple[str, bool]]:
        """For `pkgutil.iter_modules`, with which tasks find their plug-ins."""
        from pkgutil import iter_importer_modules  # type: ignore[attr-defined]

        found: dict[str, bool] = {}
        for finder in (self._kept, self._live):
            for name, is_package in iter_importer_modules(finder, prefix):
                found.setdefault(name, is_package)
        return iter(sorted(found.items()))

    def _as_the_authors(self, kept: ModuleSpec) -> ModuleSpec | None:
        places = kept.submodule_search_locations
        shown = None if places is None else [self._shown(place) for place in places]
        if kept.loader is None or kept.origin is None:
            kept.submodule_search_locations = shown
            return kept
        loader = CopyLoader(kept.name, self._shown(kept.origin), kept.origin)
        return spec_from_file_location(kept.name, loader.path, loader=loader, submodule_search_locations=shown)

    def _shown(self, path: str) -> str:
        return self._folder + path[len(self._copies) :]


def use_copies(folder: str, copies: str) -> None:
    """From here on, modules in `folder` and below it are read from `copies`, which may be `folder` itself."""
    copies = os.path.abspath(copies)
    roots = dict.fromkeys((folder, os.path.realpath(folder)))  # tasks that resolve their __file__ mean the same folder

    def finder(entry: str) -> CopyFinder | None:
        path = os.path.abspath(entry)
        for root in roots:
            below = path[len(root) :]
            if path.startswith(root) and below[:1] in ("", os.sep) and "site-packages" not in below:
                is_folder = os.path.isdir(copies + below) or os.path.isdir(path)
                return CopyFinder(path, copies + below) if is_folder else None
        return None

    def hook(entry: str) -> CopyFinder:
        found = finder(entry)
        if found is None:
            raise ImportError(f"{entry} is no folder of the task")
        return found

    sys.path_hooks.insert(0, hook)
    for entry in list(sys.path_importer_cache):
        if finder(entry) is not None:  # a process of multiprocessing has looked into the folder before
            del sys.path_importer_cache[entry]


def _show_in_tracebacks(path: str, source: bytes) -> None:
    """Gives linecache the lines that run. By itself it reads the author's file, which may have been edited by now."""
    lines = [f"{line}\n" for line in decode_source(source).split("\n")]
    linecache.cache[path] = (len(source), None, lines, path)  # without a time it is never checked against the file
