"""The portal: signing requests, reading employees, and the text an employee is found by."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
from records import Record
from retries import Refused, ask

_SIGNATURE_SECONDS = 300
_EXPERT = 3
_PAGES = 1000


class Portal:
    """`GET /employee`, signed anew for each question."""

    def __init__(self, url: str, email: str, secret: str) -> None:
        self._client = httpx.Client(base_url=url.rstrip("/") + "/", timeout=60, auth=self._sign)
        self._email = email
        self._secret = secret

    def employees(self) -> Iterator[list[Any]]:
        """Pages of employees; a portal that sends all at once sends one page."""
        address: Any = "employee"
        for _ in range(_PAGES):
            answer = ask(self._client, "The portal", "GET", address)
            try:
                told = answer.json()
            except ValueError:
                raise Refused("The portal's answer is no JSON. Is the address right?") from None
            page = told.get("employees", told.get("data")) if isinstance(told, dict) else told
            if not isinstance(page, list):
                raise Refused("The portal's answer holds no list of employees. Is the address right?")
            yield page
            if "next" not in answer.links:
                return
            address = answer.url.join(answer.links["next"]["url"])
            if address.host != self._client.base_url.host:  # the signature is for the portal alone
                raise Refused(f"The portal's next page is on another computer, {address.host}.")
        raise Refused(f"The portal has more than {_PAGES} pages.")

    def _sign(self, request: httpx.Request) -> httpx.Request:
        now = int(time.time())
        claims = {"eMail": self._email, "iat": now, "exp": now + _SIGNATURE_SECONDS}
        request.headers["Authorization"] = "Bearer " + jwt.encode(claims, self._secret, algorithm="HS256")
        return request


def record(employee: Any) -> Record:
    """An employee as a record. Raises KeyError, TypeError or ValueError for what is none."""
    id = id_of(employee)
    if not id:
        raise ValueError("an employee without metric_id")
    profile = employee.get("profile") or {}
    skills = [
        {name: skill.get(name) for name in ("skill", "category", "interest", "level")}
        for skill in profile.get("skills") or []
    ]
    fields = {
        "email": employee.get("email"),
        "department": employee.get("department"),
        "role": employee.get("role"),
        "practice": employee.get("practice"),
        "on_bench": bool(employee.get("on_bench")),
        "started_working": employee.get("started_working"),
        "skills": sorted(skills, key=lambda skill: str(skill["skill"])),
        "client_bio": profile.get("client_bio"),
        "tech_experience": profile.get("tech_experience"),
        "current_projects": _projects(employee.get("current_billable_allocations")),
        "past_projects": _projects(employee.get("past_billable_allocations")),
    }
    name = str(employee["name"])
    return Record("employee", id, name, _text(name, fields), fields)


def id_of(employee: Any) -> str:
    """Its id, or nothing if it has none."""
    id = employee.get("metric_id") if isinstance(employee, dict) else None
    return "" if id is None else str(id).strip()


def _projects(allocations: Any) -> list[str]:
    return sorted({str(each["project_name"]) for each in allocations or [] if each.get("project_name")})


def _text(name: str, fields: dict[str, Any]) -> str:
    lines = [f"Employee: {name}"]
    for label in ("role", "department", "practice"):
        if fields[label]:
            lines.append(f"{label.capitalize()}: {fields[label]}")
    lines.append("Available: on the bench" if fields["on_bench"] else "Available: no, on a project")
    experts = [str(skill["skill"]) for skill in fields["skills"] if _level(skill) >= _EXPERT]
    if experts:
        lines.append(f"Expert in: {', '.join(experts)}")
    for category in sorted({str(skill["category"]) for skill in fields["skills"]}):
        named = [str(skill["skill"]) for skill in fields["skills"] if str(skill["category"]) == category]
        lines.append(f"{category} skills: {', '.join(named)}")
    for label in ("current_projects", "past_projects"):
        if fields[label]:
            lines.append(f"{label.replace('_', ' ').capitalize()}: {', '.join(fields[label])}")
    return "\n".join(lines + [str(fields[label]) for label in ("client_bio", "tech_experience") if fields[label]])


def _level(skill: dict[str, Any]) -> float:
    try:
        return float(skill["level"] or 0)
    except (TypeError, ValueError):
        return 0.0
