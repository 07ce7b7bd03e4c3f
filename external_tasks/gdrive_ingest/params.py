"""What the form of the task asks for."""

from __future__ import annotations

import re
from typing import Any

from vectors import vector_params

_IN_ADDRESS = re.compile(r"(?:/folders/|/d/|[?&]id=)([A-Za-z0-9_-]+)")
_ID = re.compile(r"[A-Za-z0-9_-]+")

OPTIONAL_PARAMS: list[dict[str, Any]] = [
    {
        "name": "google_credential",
        "label": "Google credential",
        "type": "credential",
        "description": "Saved credential with the JSON of a service account, or of a person's consent. Left empty, the "
        "file is used that the server's GOOGLE_CREDENTIALS_PATH or GOOGLE_TOKEN_PATH names.",
    },
    {
        "name": "folder_id",
        "label": "Folder",
        "description": "Address or id of a folder, or of a shared drive.",
        "placeholder": "https://drive.google.com/drive/folders/…",
    },
    {
        "name": "file_id",
        "label": "File",
        "description": "Address or id of one file.",
        "placeholder": "https://docs.google.com/document/d/…",
    },
    {
        "name": "recursive",
        "group": "How to read it",
        "label": "With the folders inside",
        "type": "checkbox",
        "default": True,
        "depends_on": "folder_id",
    },
    {
        "name": "metadata",
        "group": "How to read it",
        "label": "Labels",
        "type": "json",
        "description": "Kept beside each text, for those who search.",
        "placeholder": '{"department": "sales"}',
    },
    {
        "name": "dry_run",
        "group": "How to read it",
        "label": "Only show what would change",
        "type": "checkbox",
        "default": False,
        "description": "Lists everything and counts, but downloads and stores nothing.",
    },
    {
        "name": "search_text",
        "label": "Find this text",
        "description": "What the test of the settings looks for among the texts that are there already.",
        "placeholder": "How many days of holiday do we have?",
        "group": "Try it out",
    },
    {
        "name": "max_mb",
        "label": "Largest file",
        "type": "integer",
        "default": 50,
        "min": 1,
        "max": 1000,
        "unit": "MB",
        "description": "Larger ones are skipped.",
        "advanced": True,
    },
    {
        "name": "chunk_size",
        "label": "Length of a text",
        "type": "integer",
        "default": 1000,
        "min": 200,
        "max": 8000,
        "unit": "characters",
        "description": "Documents are cut between paragraphs and sentences into texts of at most this length.",
        "advanced": True,
    },
    {
        "name": "chunk_overlap",
        "label": "Overlap",
        "type": "integer",
        "default": 200,
        "min": 0,
        "max": 1000,
        "unit": "characters",
        "description": "So much of the text before is repeated; less than the length.",
        "advanced": True,
    },
    {
        "name": "subject",
        "label": "Act as",
        "type": "email",
        "description": "Only for a service account with domain-wide delegation: the person whose Drive is read.",
        "advanced": True,
    },
    {
        "name": "drive_url",
        "label": "Address of Google Drive",
        "type": "url",
        "default": "https://www.googleapis.com/drive/v3/",
        "description": "To be changed only for a proxy.",
        "advanced": True,
    },
    *vector_params("google_drive"),
]

PARAM_GROUPS = [
    {
        "name": "source",
        "label": "What to read",
        "params": ["folder_id", "file_id"],
        "min_required": 1,
        "max_required": 1,
        "error_message": "Fill in either the folder or the file.",
    }
]


def id_in(text: str, label: str) -> str:
    """The id in an address as the browser shows it, or the id itself."""
    text = text.strip()
    found = _IN_ADDRESS.search(text)
    if found:
        return found.group(1)
    if not _ID.fullmatch(text):
        raise ValueError(f"{label}: {text!r} is neither an id nor an address of Google Drive")
    return text


def checked_labels(labels: Any) -> dict[str, Any]:
    """A flat map, which every vector store can filter by."""
    labels = labels or {}
    if not isinstance(labels, dict) or any(isinstance(value, (dict, list)) for value in labels.values()):
        raise ValueError('Labels: write names and values, such as {"department": "sales"}')
    return labels
