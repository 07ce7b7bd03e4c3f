"""Slack User Import: keeps a table of the people in a Slack workspace up to date."""

import logging
import re
from collections import Counter
from typing import Any

from database import migrate, open_database
from people import People, row
from slack import TYPES, Slack, bot_token, user_type, workspaces_of
from tables import MIGRATIONS

from config.settings import TasksSettings
from jobs.base_job import BaseJob

logger = logging.getLogger(__name__)


class SlackUserImportJob(BaseJob):
    """Reads everybody, stores whom the settings ask for, and deactivates who has left."""

    JOB_NAME = "Slack User Import"
    JOB_DESCRIPTION = "Keeps a table of the people in a Slack workspace up to date"
    TAGS = ["slack"]
    LIMITS = {"runs": 1}

    OPTIONAL_PARAMS = [
        {
            "name": "slack_token",
            "label": "Bot token",
            "type": "credential",
            "description": "Saved credential with the bot token of your Slack app (xoxb-…). It needs the permissions "
            "users:read and users:read.email. Left empty, the server's SLACK_BOT_TOKEN is used.",
        },
        {
            "name": "user_types",
            "label": "Whom to import",
            "type": "multiselect",
            "options": TYPES,
            "default": ["member", "guest", "admin", "owner"],
            "description": "Everybody is of one type: an owner is not counted as an administrator or member as well.",
            "group": "Who",
        },
        {
            "name": "workspace_filter",
            "label": "Only these workspaces",
            "type": "list",
            "description": "Ids of workspaces. Left empty, everybody the token can see is imported.",
            "placeholder": "T0123ABCD",
            "group": "Who",
        },
        {
            "name": "include_deactivated",
            "label": "Import people who are already deactivated",
            "type": "checkbox",
            "default": False,
            "description": "People who were imported before are marked as inactive either way.",
            "group": "Who",
        },
        {
            "name": "dry_run",
            "label": "Only show what would change",
            "type": "checkbox",
            "default": False,
            "description": "Reads everything and counts, but writes nothing.",
        },
        {
            "name": "slack_url",
            "label": "Address of Slack",
            "type": "url",
            "default": "https://slack.com/api/",
            "description": "To be changed only for a proxy.",
            "advanced": True,
        },
        {
            "name": "data_folder",
            "label": "Data folder",
            "description": "Where the table is kept when the server has no DATA_DATABASE_URL: a full path.",
            "placeholder": "/srv/insightmesh-data",
            "advanced": True,
        },
    ]

    def __init__(
        self,
        settings: TasksSettings,
        *,
        slack_token: str | None = None,
        user_types: list[str] | None = None,
        workspace_filter: list[str] | None = None,
        slack_url: str = "https://slack.com/api/",
        **options: Any,
    ) -> None:
        super().__init__(settings, **options)
        token = bot_token((slack_token or settings.slack_bot_token or "").strip())
        if not token:
            raise ValueError("Bot token: choose a credential, or have SLACK_BOT_TOKEN set on the server")
        self.user_types = set(user_types or ["member", "guest", "admin", "owner"])
        self.workspaces = [workspace.strip() for workspace in workspace_filter or []]
        for workspace in self.workspaces:
            if not re.fullmatch(r"[TE][A-Z0-9]{2,}", workspace):
                raise ValueError(f"Only these workspaces: {workspace!r} is no id. Ids look like T0123ABCD.")
        self.slack = Slack(token, slack_url)
        self.dry_run = bool(options.get("dry_run"))

    def check(self) -> str:
        """Says whose token it is, and reads one page of people."""
        who = self.slack.who()
        first = next(self.slack.pages(self._listed(who)[0]))
        return f"Connected to {who['team']} as {who['user']}; the first page has {len(first)} people."

    def execute(self) -> dict[str, Any]:
        """Imports everybody the settings ask for."""
        who = self.slack.who()
        logger.info("Connected to the workspace %s", who["team_id"])
        engine = open_database(self.settings.data_database_url, self.params.get("data_folder"))
        migrate(engine, "slack_user_import", MIGRATIONS)
        people = People(engine, dry_run=self.dry_run)
        for team in self._listed(who):
            seen = self._read(team, team or who["team_id"], people)
            people.deactivate_missing(team or who["team_id"], seen)
        return self._result(people.counts)

    def _listed(self, who: dict[str, Any]) -> list[str | None]:
        """A token of a whole organisation lists one workspace at a time, any other one only its own."""
        if not who.get("is_enterprise_install"):
            return [None]
        if not self.workspaces:
            raise ValueError("Only these workspaces: the token is for a whole organisation, so name the workspaces")
        return list(self.workspaces)

    def _read(self, team: str | None, workspace: str, people: People) -> set[str]:
        seen: set[str] = set()
        for page in self.slack.pages(team):
            rows = []
            for user in page:
                try:
                    seen.add(user["id"])
                    if self._is_wanted(user, team):
                        rows.append(row(user, workspace))
                    else:
                        people.counts["skipped"] += 1
                except (KeyError, TypeError, AttributeError):
                    people.counts["failed"] += 1
                    known_as = user.get("id", "someone") if isinstance(user, dict) else "someone"
                    logger.exception("Slack's answer about %s cannot be read", known_as)
            people.write(rows, add_deactivated=bool(self.params.get("include_deactivated")))
            self.progress(len(seen), text=f"{len(seen)} people read")
        return seen

    def _is_wanted(self, user: dict[str, Any], team: str | None) -> bool:
        here = team is not None or not self.workspaces or bool(workspaces_of(user) & set(self.workspaces))
        return here and user_type(user) in self.user_types

    def _result(self, counts: Counter[str]) -> dict[str, Any]:
        changes = {name: counts[name] for name in ("added", "updated", "deactivated")}
        success = sum(changes.values()) + counts["unchanged"]
        if any(changes.values()):
            done = "Would be" if self.dry_run else "Were"
            details = f"{done} added: {counts['added']}, updated: {counts['updated']}, "
            details += f"deactivated: {counts['deactivated']}; {counts['unchanged']} are as before."
        else:
            details = f"Nothing changed: {counts['unchanged']} people are as before."
        logger.info(details)
        return {
            "records_processed": success + counts["failed"],
            "records_success": success,
            "records_failed": counts["failed"],
            "records_skipped": counts["skipped"],
            "details": details,
            "dry_run": self.dry_run,
            **changes,
            "unchanged": counts["unchanged"],
        }


Job = SlackUserImportJob
