"""Slack, as far as the task asks it: auth.test and users.list, by Slack's public documentation."""

from __future__ import annotations

from typing import Any

from tests.builtin.service import Answer, Request, Service, page

TOKEN = "xoxb-test-token"


def person(number: int, **more: Any) -> dict[str, Any]:
    name = f"Person {number}"
    profile = {"email": f"person{number}@example.org", "display_name": f"p{number}", "real_name": name}
    return {
        "id": f"U{number:05}",
        "team_id": "T0001",
        "name": f"p{number}",
        "deleted": False,
        "profile": profile,
        **more,
    }


class Slack(Service):
    """A workspace; an organisation's token has to name the workspace it asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.token = TOKEN
        self.is_organisation = False
        self.people = [person(number) for number in range(1, 451)]
        self.people[0].update(is_admin=True, is_owner=True)
        self.people[1].update(is_admin=True)
        self.people[2].update(is_restricted=True)
        self.people[3].update(is_bot=True)
        self.people[4].update(deleted=True)

    def answer(self, request: Request) -> Answer:
        if request.bearer != self.token:
            return Answer({"ok": False, "error": "invalid_auth" if request.bearer else "not_authed"})
        if request.path == "/api/auth.test":
            team = {"team": "Acme", "team_id": "T0001", "user": "importer", "user_id": "U0BOT"}
            return Answer({"ok": True, **team, "is_enterprise_install": self.is_organisation})
        if request.path != "/api/users.list":
            return Answer({"ok": False, "error": "unknown_method"})
        asked = {**request.query, **request.form}
        people = self.people
        if self.is_organisation:
            if "team_id" not in asked:
                return Answer({"ok": False, "error": "missing_argument"})
            people = [each for each in people if each["team_id"] == asked["team_id"]]
        start, size = int(asked.get("cursor", "page:0").removeprefix("page:")), int(asked["limit"])
        following = f"page:{start + size}" if start + size < len(people) else ""
        members = page(people, start, size)
        return Answer({"ok": True, "members": members, "response_metadata": {"next_cursor": following}})
