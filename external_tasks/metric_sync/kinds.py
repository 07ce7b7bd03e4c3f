"""From Metric's answers to records, with the text that each is found by."""

from __future__ import annotations

from typing import Any

from records import Record

_TITLE, _BENCH = "GROUP_TYPE_11", "GROUP_TYPE_17"
_DELIVERY_OWNER, _BILLING, _PRACTICE = "GROUP_TYPE_12", "GROUP_TYPE_7", "GROUP_TYPE_21"


def employee(told: Any) -> Record:
    """Title, practice and whether on the bench are groups in Metric."""
    groups = _groups(told)
    fields = {
        "email": told.get("email"),
        "title": groups.get(_TITLE),
        "practice": groups.get(_PRACTICE),
        "on_bench": groups.get(_BENCH) == "True",
        "started_working": told.get("startedWorking"),
        "ended_working": told.get("endedWorking"),
    }
    return _record("employee", told, fields)


def project(told: Any) -> Record | None:
    """None for projects that are not billed to a client: they are internal."""
    groups = _groups(told)
    if told.get("projectType") != "BILLABLE" or "CLIENT" not in groups:
        return None
    fields = {
        "client": groups["CLIENT"],
        "status": told.get("projectStatus"),
        "start_date": told.get("startDate"),
        "end_date": told.get("endDate"),
        "delivery_owner": groups.get(_DELIVERY_OWNER),
        "billing_frequency": groups.get(_BILLING),
        "practice": groups.get(_PRACTICE),
    }
    return _record("project", told, fields)


def client(told: Any) -> Record:
    """A name, and nothing else."""
    return _record("client", told, {})


def allocation(told: Any) -> Record:
    """Who works on what, from when to when."""
    person, work = told["employee"], told["project"]
    fields = {
        "employee_id": str(person["id"]),
        "employee_name": person["name"],
        "project_id": str(work["id"]),
        "project_name": work["name"],
        "start_date": told.get("startDate"),
        "end_date": told.get("endDate"),
    }
    return _record("allocation", {**told, "name": f"{person['name']} on {work['name']}"}, fields)


READERS = {"employees": employee, "projects": project, "groups": client, "allocations": allocation}


def id_of(told: Any) -> str:
    """Its id, or nothing if it has none."""
    id = told.get("id") if isinstance(told, dict) else None
    return "" if id is None else str(id).strip()


def _groups(told: Any) -> dict[str, str]:
    return {group["groupType"]: str(group["name"]) for group in told.get("groups") or []}


def _record(kind: str, told: Any, fields: dict[str, Any]) -> Record:
    id = id_of(told)
    if not id:
        raise ValueError(f"{kind} without id")
    name = str(told["name"])
    hidden = ("email", "on_bench", "employee_id", "project_id", "employee_name", "project_name")
    lines = [f"{kind.capitalize()}: {name}"]
    lines += [
        f"{label.replace('_', ' ').capitalize()}: {value}"
        for label, value in fields.items()
        if value and label not in hidden
    ]
    if fields.get("on_bench"):
        lines.append("Available: on the bench")
    return Record(kind, id, name, "\n".join(lines), fields)
