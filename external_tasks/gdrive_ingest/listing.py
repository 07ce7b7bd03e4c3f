"""Which files there are, without their content."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from google_drive import FOLDER, Drive
from retries import RefusedItem

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class DriveFile:
    """A file as Drive lists it. `permissions` is None where the list does not say."""

    id: str
    name: str
    path: str
    mime: str
    md5: str | None
    version: str
    size: int | None
    modified: str | None
    created: str | None
    link: str | None
    owners: list[str]
    permissions: list[str] | None
    in_shared_drive: bool

    @property
    def content(self) -> str:
        """Changes with the content. Google's own kinds have no checksum, but a version that every change raises."""
        return f"md5:{self.md5}" if self.md5 else f"version:{self.version}"

    def about(self, permissions: list[str]) -> dict[str, Any]:
        """What is kept beside each text."""
        return {
            "source": "google_drive",
            "file_id": self.id,
            "file_name": self.name,
            "full_path": self.path,
            "folder_path": self.path.rpartition("/")[0],
            "mime_type": self.mime,
            "size": self.size,
            "modified_time": self.modified,
            "created_time": self.created,
            "web_view_link": self.link,
            "owner_emails": self.owners,
            "permissions": permissions,
        }


@dataclass
class Listing:
    """What was found. `is_complete` is False when a folder could not be read: then nothing may count as deleted."""

    files: list[DriveFile] = field(default_factory=list)
    failed_folders: int = 0

    @property
    def is_complete(self) -> bool:
        return self.failed_folders == 0


def list_folder(drive: Drive, root: dict[str, Any], *, recursive: bool, progress: Callable[[int], None]) -> Listing:
    """All files in a folder, and in those below it. A folder that cannot be read does not stop the others."""
    listing = Listing()
    waiting = [(root["id"], root["name"])]
    visited = {root["id"]}
    listed: set[str] = set()
    while waiting:
        folder, path = waiting.pop()
        try:
            for told in drive.children(folder):
                if told["mimeType"] == FOLDER:
                    if recursive and told["id"] not in visited:
                        visited.add(told["id"])
                        waiting.append((told["id"], f"{path}/{told['name']}"))
                elif told["id"] not in listed:
                    listed.add(told["id"])
                    listing.files.append(drive_file(told, path))
        except RefusedItem as error:
            if folder == root["id"]:
                raise
            listing.failed_folders += 1
            logger.error("The folder %s cannot be read: %s", path, error)
        progress(len(listing.files))
    return listing


def drive_file(told: dict[str, Any], folder: str) -> DriveFile:
    """From Drive's answer."""
    permissions = told.get("permissions")
    return DriveFile(
        id=told["id"],
        name=told["name"],
        path=f"{folder}/{told['name']}" if folder else told["name"],
        mime=told["mimeType"],
        md5=told.get("md5Checksum"),
        version=str(told.get("version", told.get("modifiedTime"))),
        size=int(told["size"]) if "size" in told else None,
        modified=told.get("modifiedTime"),
        created=told.get("createdTime"),
        link=told.get("webViewLink"),
        owners=sorted(owner["emailAddress"] for owner in told.get("owners", []) if owner.get("emailAddress")),
        permissions=None if permissions is None else in_words(permissions),
        in_shared_drive="driveId" in told,
    )


def in_words(permissions: list[dict[str, Any]]) -> list[str]:
    """Such as `reader: ann@example.org` or `writer: anyone`."""
    return sorted(
        f"{each['role']}: {each.get('emailAddress') or each.get('domain') or each['type']}" for each in permissions
    )
