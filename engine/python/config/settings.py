"""The settings an administrator gives to all tasks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

_SECRET_ENDINGS = ("_token", "_key", "_secret", "_password")
_TRUE = ("1", "true", "yes", "on", "t", "y")
_FALSE = ("0", "false", "no", "off", "f", "n")


class _Field(NamedTuple):
    env: str
    default: Any = None
    kind: type = str


_FIELDS = {
    "port": _Field("FLASK_PORT", 8081, int),
    "host": _Field("TASKS_HOST", "0.0.0.0"),  # noqa: S104 - the default of the earlier service; nothing binds to it
    "server_base_url": _Field("SERVER_BASE_URL", "http://localhost:5001"),
    "secret_key": _Field("SECRET_KEY"),
    "task_database_url": _Field("TASK_DATABASE_URL"),
    "data_database_url": _Field("DATA_DATABASE_URL"),
    "slack_bot_api_url": _Field("SLACK_BOT_API_URL", "http://localhost:8080"),
    "slack_bot_api_key": _Field("SLACK_BOT_API_KEY"),
    "slack_bot_token": _Field("SLACK_BOT_TOKEN"),
    "slack_app_token": _Field("SLACK_APP_TOKEN"),
    "google_credentials_path": _Field("GOOGLE_CREDENTIALS_PATH"),
    "google_token_path": _Field("GOOGLE_TOKEN_PATH"),
    "metrics_api_url": _Field("METRICS_API_URL"),
    "metrics_api_key": _Field("METRICS_API_KEY"),
    "portal_secret": _Field("PORTAL_SECRET"),
    "portal_url": _Field("PORTAL_URL", "https://portal.8thlight.com"),
    "portal_email": _Field("PORTAL_EMAIL", "bot@8thlight.com"),
    "qdrant_host": _Field("QDRANT_HOST", "qdrant"),
    "qdrant_port": _Field("QDRANT_PORT", 6333, int),
    "scheduler_timezone": _Field("SCHEDULER_TIMEZONE", "UTC"),
    "scheduler_job_defaults_coalesce": _Field("SCHEDULER_JOB_DEFAULTS_COALESCE", True, bool),
    "scheduler_job_defaults_max_instances": _Field("SCHEDULER_JOB_DEFAULTS_MAX_INSTANCES", 1, int),
    "scheduler_executors_thread_pool_max_workers": _Field("SCHEDULER_EXECUTORS_THREAD_POOL_MAX_WORKERS", 20, int),
}

_run_values: Mapping[str, Any] | None = None


def use_run_values(values: Mapping[str, Any]) -> None:
    """Makes `TasksSettings()` mean the settings of this run. Called by the harness before the task is imported."""
    global _run_values
    _run_values = values


class TasksSettings:
    """Settings by name.

    In a run, what the server gives the run; in an author's terminal, the environment. Either way
    `TasksSettings()` is all a task has to write, and a keyword overrides one setting in a test. Unknown names are
    ignored, and an empty value counts as not set.
    """

    port: int
    host: str
    server_base_url: str
    secret_key: str | None
    """Signs the sessions of the server, so a run never gets it unless the administrator says so."""

    task_database_url: str | None
    """None inside a run, always. It opens the server's own tables, where a task could rewrite its history and read what
    other tasks were given. The data of tasks is in `data_database_url`."""

    data_database_url: str | None
    slack_bot_api_url: str
    slack_bot_api_key: str | None
    slack_bot_token: str | None
    slack_app_token: str | None
    google_credentials_path: str | None
    google_token_path: str | None
    metrics_api_url: str | None
    metrics_api_key: str | None
    portal_secret: str | None
    portal_url: str
    portal_email: str
    qdrant_host: str
    qdrant_port: int
    scheduler_timezone: str
    scheduler_job_defaults_coalesce: bool
    scheduler_job_defaults_max_instances: int
    scheduler_executors_thread_pool_max_workers: int

    def __init__(self, values: Mapping[str, Any] | None = None, /, **overrides: Any) -> None:
        """Takes `values`, or else those of the run or of the environment, and then `overrides`."""
        if values is None:
            values = _from_environment() if _run_values is None else {**_run_values, "task_database_url": None}
        given = {**values, **overrides}
        for name, field in _FIELDS.items():
            value = given.get(name)
            setattr(self, name, field.default if value is None or value == "" else _typed(name, value, field.kind))

    def __repr__(self) -> str:
        """Without secrets, since settings end up in logs."""
        shown = ", ".join(f"{name}={_shown(name, getattr(self, name))}" for name in _FIELDS)
        return f"TasksSettings({shown})"


def _from_environment() -> dict[str, Any]:
    return {name: os.environ.get(field.env) for name, field in _FIELDS.items()}


def _typed(name: str, value: Any, kind: type) -> Any:
    """The environment knows only text."""
    if isinstance(value, kind):
        return value
    text = str(value).strip()
    if kind is bool and text.lower() in _TRUE + _FALSE:
        return text.lower() in _TRUE
    try:
        return kind(text) if kind is not bool else _refuse(text)
    except ValueError:
        wanted = {int: "a whole number", bool: "true or false"}[kind]
        raise ValueError(f"{name} ({_FIELDS[name].env}) must be {wanted}, but it is {text!r}") from None


def _refuse(text: str) -> Any:
    raise ValueError(text)


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "None"
    if name.endswith(_SECRET_ENDINGS):
        return "'***'"
    return repr(_without_password(value)) if name.endswith("_url") else repr(value)


def _without_password(url: str) -> str:
    """Hides the password before the last `@`, even one with an unescaped `@` or `/`, and the values of a query."""
    scheme, mark, rest = url.partition("://")
    login, at, place = rest.rpartition("@")
    user, colon, _password = login.partition(":")
    if colon:
        login = f"{user}:***"
    place, question, _query = place.partition("?")
    return scheme + mark + login + at + place + (f"{question}***" if question else "")
