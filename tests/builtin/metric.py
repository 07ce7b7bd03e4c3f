"""Metric: a GraphQL API with four lists of an organisation, of which some take `limit` and `offset`."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.builtin.service import Answer, Request, Service, page

KEY = "the key of a Metric that lives for a test"
_PAGED = ("employees", "projects")
_CALL = re.compile(r"organization \{ (\w+)(?:\(([^)]*)\))? \{")


def employee(number: int) -> dict[str, Any]:
    groups = [{"groupType": "GROUP_TYPE_11", "name": "Engineer"}, {"groupType": "GROUP_TYPE_17", "name": "True"}]
    dates = {"startedWorking": "2020-01-01", "endedWorking": None}
    return {"id": number, "name": f"Worker {number}", "email": f"worker{number}@example.org", "groups": groups, **dates}


def project(number: int, kind: str = "BILLABLE") -> dict[str, Any]:
    groups = [{"groupType": "CLIENT", "name": f"Client {number % 7}"}]
    told = {"id": number, "name": f"Project {number}", "projectType": kind, "projectStatus": "ACTIVE", "groups": groups}
    return {**told, "startDate": "2024-01-01", "endDate": None}


class Metric(Service):
    """An organisation. `tells_schema` is False for a server that refuses introspection."""

    def __init__(self) -> None:
        super().__init__()
        self.key = KEY
        self.tells_schema = True
        self.lists: dict[str, list[dict[str, Any]]] = {
            "employees": [employee(number) for number in range(1, 251)],
            "projects": [project(number) for number in range(1, 31)] + [project(99, "INTERNAL")],
            "groups": [{"id": number, "name": f"Client {number}"} for number in range(7)],
            "allocations": [
                {
                    "id": number,
                    "startDate": f"{2022 + number % 4}-03-01",
                    "endDate": f"{2022 + number % 4}-06-01",
                    "employee": {"id": number, "name": f"Worker {number}"},
                    "project": {"id": 1, "name": "Project 1"},
                }
                for number in range(1, 41)
            ],
        }

    def answer(self, request: Request) -> Answer:
        if request.bearer != self.key:
            return Answer({"errors": [{"message": "unauthorized"}]}, 401)
        query = json.loads(request.body)["query"]
        if "__schema" in query:
            return self._schema()
        call = _CALL.search(query)
        if request.path != "/api/" or call is None or call.group(1) not in self.lists:
            return Answer({"errors": [{"message": "cannot query field"}]})
        name, arguments = call.group(1), dict(re.findall(r'(\w+): "?([\w-]+)"?', call.group(2) or ""))
        found = self.lists[name]
        if name == "allocations":
            found = [each for each in found if arguments["startDate"] <= each["startDate"] <= arguments["endDate"]]
        if "limit" in arguments:
            if name not in _PAGED:
                return Answer({"errors": [{"message": "unknown argument limit"}]})
            found = page(found, int(arguments["offset"]), int(arguments["limit"]))
        return Answer({"data": {"organization": {name: found}}})

    def _schema(self) -> Answer:
        if not self.tells_schema:
            return Answer({"errors": [{"message": "introspection is off"}]})
        paged = [{"name": "limit"}, {"name": "offset"}]
        fields = [{"name": name, "args": paged if name in _PAGED else []} for name in self.lists]
        organization = {"name": "organization", "type": {"name": None, "fields": None, "ofType": {"fields": fields}}}
        return Answer({"data": {"__schema": {"queryType": {"fields": [organization]}}}})
