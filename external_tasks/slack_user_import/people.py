"""From Slack's people to rows, and from rows to what has to be written."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from database import in_chunks, upsert
from slack import user_type
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import DBAPIError
from tables import KEY, USERS

logger = logging.getLogger(__name__)

_COMPARED = ("email_address", "display_name", "real_name", "user_type", "is_active")


def row(user: dict[str, Any], workspace: str) -> dict[str, Any]:
    """The row of a person. Raises KeyError or TypeError for an answer that is none."""
    profile = user["profile"]
    return {
        "workspace_id": workspace,
        "slack_user_id": user["id"],
        "email_address": _short(profile.get("email")),
        "display_name": _short(profile.get("display_name") or user.get("name")),
        "real_name": _short(profile.get("real_name") or user.get("real_name")),
        "user_type": user_type(user),
        "is_active": not user.get("deleted", False),
    }


def _short(text: str | None) -> str | None:
    return text[:255] if text else None


class People:
    """The table, compared with Slack. `counts` tells what was done, or in a dry run what would be."""

    def __init__(self, engine: Engine, *, dry_run: bool) -> None:
        self.counts: Counter[str] = Counter()
        self._engine = engine
        self._dry_run = dry_run

    def write(self, rows: list[dict[str, Any]], *, add_deactivated: bool) -> None:
        """Adds and updates one page, in a transaction of its own, so that a cancelled run keeps it."""
        known = self._known(rows)
        changed = []
        for new in rows:
            old = known.get(new["slack_user_id"])
            if old is None and not new["is_active"] and not add_deactivated:
                self.counts["skipped"] += 1
            elif old is None:
                changed.append(("added", new))
            elif any(old[name] != new[name] for name in _COMPARED):
                changed.append(("deactivated" if old["is_active"] and not new["is_active"] else "updated", new))
            else:
                self.counts["unchanged"] += 1
        self._store(changed)

    def deactivate_missing(self, workspace: str, seen: set[str]) -> None:
        """Whoever Slack did not list at all has gone. Only for a list that was read to its end."""
        active = select(USERS.c.slack_user_id).where(USERS.c.workspace_id == workspace, USERS.c.is_active)
        with self._engine.connect() as connection:
            gone = [user for user in connection.execute(active).scalars() if user not in seen]
        self.counts["deactivated"] += len(gone)
        self.counts["gone"] += len(gone)
        if self._dry_run:
            return
        for some in in_chunks(gone):
            those = update(USERS).where(USERS.c.workspace_id == workspace, USERS.c.slack_user_id.in_(some))
            with self._engine.begin() as connection:
                connection.execute(those.values(is_active=False, updated_at=_now()))

    def _known(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        if not rows:
            return {}
        users = [new["slack_user_id"] for new in rows]
        columns = [USERS.c[name] for name in ("slack_user_id", *_COMPARED)]
        known = select(*columns).where(
            USERS.c.workspace_id == rows[0]["workspace_id"], USERS.c.slack_user_id.in_(users)
        )
        with self._engine.connect() as connection:
            return {old["slack_user_id"]: old for old in connection.execute(known).mappings()}

    def _store(self, changed: list[tuple[str, dict[str, Any]]]) -> None:
        if self._dry_run or self._written([new for _, new in changed]):
            self.counts.update(what for what, _ in changed)
            return
        for what, new in changed:  # one of them is at fault: the others are stored
            self.counts[what if self._written([new]) else "failed"] += 1

    def _written(self, rows: Iterable[dict[str, Any]]) -> bool:
        now = _now()
        rows = [{**new, "created_at": now, "updated_at": now} for new in rows]
        try:
            with self._engine.begin() as connection:
                upsert(connection, USERS, rows, KEY)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            if len(rows) == 1:
                logger.error("%s could not be stored: %s", rows[0]["slack_user_id"], type(error.orig).__name__)
            return False
        return True


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
