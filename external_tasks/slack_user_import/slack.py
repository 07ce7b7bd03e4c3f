"""What is asked of Slack: who the token belongs to, and everybody in the workspace, page by page."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import RetryHandler
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, ServerErrorRetryHandler

logger = logging.getLogger(__name__)

TYPES = {
    "member": "Members",
    "guest": "Guests",
    "admin": "Administrators",
    "owner": "Owners",
    "bot": "Bots and apps",
}
_PAGE = 200
_LONGEST_WAIT = 120
_ANSWERS = {
    "invalid_auth": "Slack does not accept the bot token. Copy it again from the app's page, under OAuth & Permissions",
    "not_authed": "Slack got no bot token",
    "token_expired": "The bot token has expired. Install the app again and replace the credential",
    "token_revoked": "The bot token was revoked. Install the app again and replace the credential",
    "account_inactive": "The bot token belongs to an app that was removed from the workspace",
    "missing_scope": "The app lacks a permission: it needs users:read and users:read.email",
}


def bot_token(text: str) -> str:
    """The token of a saved credential: the text itself, or `token` in the JSON of a connected account."""
    if not text.startswith("{"):
        return text
    try:
        return str(json.loads(text)["token"])
    except (ValueError, KeyError, TypeError):
        raise ValueError("Bot token: the credential is neither a token nor a connected account") from None


class SlackProblem(Exception):
    """What Slack refused, in words for an administrator."""


class _WaitAsTold(RetryHandler):
    """After a 429, waits as long as Slack says. The library's own handler waits forever long if told so."""

    def _can_retry(self, *, state: Any, request: Any, response: Any = None, error: Any = None) -> bool:
        return response is not None and response.status_code == 429

    def prepare_for_next_attempt(self, *, state: Any, request: Any, response: Any = None, error: Any = None) -> None:
        headers = {name.lower(): value for name, value in (response.headers or {}).items()}
        told = headers.get("retry-after", "1")
        told = told[0] if isinstance(told, list) else told
        seconds = min(float(told) if told.replace(".", "", 1).isdigit() else 1.0, _LONGEST_WAIT)
        logger.info("Slack asks to wait %g seconds", seconds)
        state.next_attempt_requested = True
        time.sleep(seconds)
        state.increment_current_attempt()


class Slack:
    """A workspace, as the bot token sees it."""

    def __init__(self, token: str, base_url: str) -> None:
        handlers = [
            _WaitAsTold(max_retry_count=5),
            ServerErrorRetryHandler(max_retry_count=4),
            ConnectionErrorRetryHandler(max_retry_count=4),
        ]
        base_url = base_url if base_url.endswith("/") else base_url + "/"
        self._client = WebClient(token=token, base_url=base_url, timeout=60, retry_handlers=handlers)

    def who(self) -> dict[str, Any]:
        """Whose token it is: `team`, `team_id`, `user`, and whether it is for a whole organisation."""
        return self._ask("auth.test")

    def pages(self, team_id: str | None = None) -> Iterator[list[dict[str, Any]]]:
        """Everybody, deactivated people included. An organisation's token needs the workspace."""
        cursor = None
        while cursor != "":
            asked = {"limit": _PAGE, "cursor": cursor, "team_id": team_id}
            answer = self._ask("users.list", **{name: value for name, value in asked.items() if value is not None})
            yield answer.get("members") or []
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        try:
            return self._client.api_call(method, params=params).data
        except SlackApiError as error:
            raise SlackProblem(_in_words(method, error)) from None
        except OSError as error:
            raise SlackProblem(f"Slack cannot be reached ({error}).") from None


def _in_words(method: str, error: SlackApiError) -> str:
    status = getattr(error.response, "status_code", 0)
    code = error.response.get("error", "") if isinstance(error.response.data, dict) else ""
    if code in _ANSWERS:
        return f"{_ANSWERS[code]} ({code})."
    if status == 429 or code == "ratelimited":
        return "Slack was asked too often, and did not answer after several waits. The next run goes on."
    return f"Slack answered {method} with {code or f'status {status}'}."


def user_type(user: dict[str, Any]) -> str:
    """Everybody is of one type, the first that fits: an owner who is an administrator as well is an owner."""
    if user.get("is_bot") or user.get("is_workflow_bot") or user.get("id") == "USLACKBOT":
        return "bot"
    if user.get("is_owner") or user.get("is_primary_owner"):
        return "owner"
    if user.get("is_admin"):
        return "admin"
    return "guest" if user.get("is_restricted") or user.get("is_ultra_restricted") else "member"


def workspaces_of(user: dict[str, Any]) -> set[str]:
    """In an organisation a person may be in several workspaces."""
    teams = (user.get("enterprise_user") or {}).get("teams") or []
    return {team for team in [user.get("team_id"), *teams] if team}
