"""What is asked of Metric: employees, projects, clients and allocations, by GraphQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
from retries import Refused, RefusedItem, ask

_GROUPS = "groups { name groupType }"
FIELDS = {
    "employees": f"id name email startedWorking endedWorking {_GROUPS}",
    "projects": f"id name projectType projectStatus startDate endDate {_GROUPS}",
    "groups": "id name",
    "allocations": "id startDate endDate employee { id name } project { id name }",
}
_ARGUMENTS = {"groups": "groupType: CLIENT"}
_PAGES = 10_000
_SCHEMA = """{ __schema { queryType { fields { name type {
  name fields { name args { name } } ofType { name fields { name args { name } } }
} } } } }"""


class Metric:
    """The organisation that the key belongs to."""

    def __init__(self, url: str, key: str, page_size: int) -> None:
        self._client = httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=60)
        self._url = url
        self._page_size = page_size
        self._paged: set[str] | None = None

    def read(self, kind: str, arguments: str = "") -> Iterator[list[Any]]:
        """Pages of one kind. An API without pages for it sends everything as one."""
        arguments = arguments or _ARGUMENTS.get(kind, "")
        if kind not in self._with_pages():
            yield self._list(kind, arguments)
            return
        for page in range(_PAGES):
            window = f"limit: {self._page_size}, offset: {page * self._page_size}"
            found = self._list(kind, f"{arguments}, {window}" if arguments else window)
            yield found
            if len(found) < self._page_size:
                return
        raise Refused(f"Metric has more than {_PAGES} pages of {kind}.")

    def _list(self, kind: str, arguments: str) -> list[Any]:
        asked = f"{kind}({arguments})" if arguments else kind
        data = self._ask(f"{{ organization {{ {asked} {{ {FIELDS[kind]} }} }} }}")
        found = (data.get("organization") or {}).get(kind)
        if not isinstance(found, list):
            raise Refused(f"Metric's answer holds no list of {kind}.")
        return found

    def _with_pages(self) -> set[str]:
        """The lists that take `limit` and `offset`. Asked once; an API that does not tell its schema has none."""
        if self._paged is None:
            try:
                self._paged = _lists_with_pages(self._ask(_SCHEMA))
            except RefusedItem:
                self._paged = set()
        return self._paged

    def _ask(self, query: str) -> dict[str, Any]:
        try:
            told = ask(self._client, "Metric", "POST", self._url, json={"query": query}).json()
        except ValueError:
            raise Refused("Metric's answer is no JSON. Is the address right?") from None
        errors = told.get("errors") if isinstance(told, dict) else None
        if errors:
            message = str(errors[0].get("message", errors[0]) if isinstance(errors[0], dict) else errors[0])
            raise RefusedItem(f"Metric refused a question: {message[:200]}")
        if not isinstance(told, dict) or not isinstance(told.get("data"), dict):
            raise Refused("Metric's answer holds no data. Is the address right?")
        return told["data"]


def _lists_with_pages(data: dict[str, Any]) -> set[str]:
    for field in ((data.get("__schema") or {}).get("queryType") or {}).get("fields") or []:
        if field.get("name") == "organization":
            kind = field.get("type") or {}
            lists = kind.get("fields") or (kind.get("ofType") or {}).get("fields") or []
            return {each["name"] for each in lists if {"limit", "offset"} <= {arg["name"] for arg in each["args"]}}
    return set()
