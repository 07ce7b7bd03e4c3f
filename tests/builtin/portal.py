"""A portal: employees in pages, for whoever signs with its secret."""

from __future__ import annotations

from typing import Any

import jwt

from tests.builtin.service import Answer, Request, Service, page

SECRET = "the secret of a portal that lives for a test"
_PAGE = 20


def employee(number: int, **more: Any) -> dict[str, Any]:
    skills = [{"skill": "Rust", "category": "Technical", "level": number % 5, "interest": 2}]
    told = {
        "metric_id": f"m{number}",
        "name": f"Employee {number}",
        "email": f"employee{number}@example.org",
        "department": "Delivery",
        "role": "Developer",
        "practice": "Web",
        "on_bench": False,
        "started_working": "2020-01-01",
        "profile": {"skills": skills, "client_bio": "Builds things", "tech_experience": "Ten years"},
        "current_billable_allocations": [{"project_name": "Apollo"}],
        "past_billable_allocations": [],
    }
    return {**told, **more}


class Portal(Service):
    """`GET /employee`, with a link to the next page."""

    def __init__(self) -> None:
        super().__init__()
        self.secret = SECRET
        self.employees = [employee(number) for number in range(1, 51)]

    def answer(self, request: Request) -> Answer:
        try:
            who = jwt.decode(request.bearer, self.secret, algorithms=["HS256"], options={"require": ["exp"]})
        except jwt.InvalidTokenError:
            return Answer({"message": "unauthorized"}, 401)
        if request.path != "/employee" or who["eMail"] != "bot@example.org":
            return Answer({"message": "not found"}, 404)
        start = int(request.query.get("start", 0))
        more = start + _PAGE < len(self.employees)
        link = {"Link": f'</employee?start={start + _PAGE}>; rel="next"'} if more else {}
        return Answer(page(self.employees, start, _PAGE), headers=link)
