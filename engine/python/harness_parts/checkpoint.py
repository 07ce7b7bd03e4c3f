"""Values that the runs of a schedule hand on to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from json import dumps, loads
from typing import Any

from harness_parts.channel import Event, EventChannel
from harness_parts.json_safe import Unusable, written
from harness_parts.text import article
from harness_parts.throttle import Throttle

_SECONDS_BETWEEN = 0.5
_LIMIT = 64 * 1024


class Checkpoint(MutableMapping[str, Any]):
    """A map of JSON values that the server keeps.

    Each value is held as its JSON text, so that what a task reads is what the next run will read: a tuple comes back as
    a list, and changing a list it got changes nothing here.
    """

    def __init__(self, values: Mapping[str, Any], channel: EventChannel) -> None:
        self._texts = {key: _compact(value) for key, value in values.items()}
        self._throttle = Throttle(channel, _SECONDS_BETWEEN, self._event)
        self.flush = self._throttle.flush

    def __getitem__(self, key: str) -> Any:
        return loads(self._texts[key])

    def __setitem__(self, key: str, value: Any) -> None:
        texts = _checked({key: value})
        with self._throttle.lock:
            self._become({**self._texts, **texts})

    def __delitem__(self, key: str) -> None:
        with self._throttle.lock:
            texts = dict(self._texts)
            del texts[key]
            self._become(texts)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._texts))  # a copy, so that entries may be deleted in the loop

    def __len__(self) -> int:
        return len(self._texts)

    def __repr__(self) -> str:
        return repr(dict(self))

    def replace(self, values: Mapping[str, Any]) -> None:
        """Becomes a copy of `values`."""
        texts = _checked(values)
        with self._throttle.lock:
            self._become(texts)

    def _become(self, texts: dict[str, str]) -> None:
        size = 1 + sum(_size(_compact(key)) + _size(text) + 2 for key, text in texts.items())
        if size > _LIMIT:
            raise ValueError(f"the checkpoint would take {size:,} bytes as JSON; at most {_LIMIT:,} are kept")
        if texts != self._texts:
            self._texts = texts
            self._throttle.changed()

    def _event(self) -> Event:
        return {"event": "checkpoint", "values": {key: loads(text) for key, text in self._texts.items()}}


def _checked(values: Mapping[str, Any]) -> dict[str, str]:
    """The texts of the values, or TypeError that names what JSON cannot hold."""
    texts = {}
    for key, value in values.items():
        if not isinstance(key, str):
            raise TypeError(f"a key of the checkpoint must be a text, not {article(type(key).__name__)}")
        try:
            texts[key] = _compact(loads(written(value, f"checkpoint[{key!r}]")))
        except Unusable as problem:
            raise TypeError(str(problem)) from None
    return texts


def _compact(value: Any) -> str:
    return dumps(value, ensure_ascii=False, separators=(",", ":"))


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
