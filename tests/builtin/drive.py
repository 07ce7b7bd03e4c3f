"""Google Drive v3 and Google's sign-in, as far as the task asks them, by their public documentation."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.builtin.documents import GOOGLE, MIMES, file_of
from tests.builtin.service import Answer, Request, Service, page

FOLDER = GOOGLE + "folder"
_TOKEN = "an access token"
_SHARED = [{"type": "user", "role": "reader", "emailAddress": "reader@example.org"}]


@dataclass
class Item:
    """A file or folder. Whatever is changed should raise `version`, as Drive does."""

    id: str
    name: str
    kind: str
    parent: str
    text: str = ""
    version: int = 1
    broken: bool = False
    drive_id: str = ""
    permissions: list[dict[str, Any]] = field(default_factory=lambda: list(_SHARED))

    @property
    def mime(self) -> str:
        return MIMES.get(self.kind, self.kind)

    def rewrite(self, text: str) -> None:
        self.text = text
        self.version += 1

    def listed(self) -> dict[str, Any]:
        told = {
            "id": self.id,
            "name": self.name,
            "mimeType": self.mime,
            "version": str(self.version),
            "modifiedTime": f"2026-01-01T00:00:{self.version:02}.000Z",
            "createdTime": "2026-01-01T00:00:00.000Z",
            "webViewLink": f"https://drive.google.com/file/d/{self.id}/view",
            "trashed": False,
            "owners": [{"emailAddress": "owner@example.org"}],
        }
        if not self.mime.startswith(GOOGLE):
            told["md5Checksum"] = hashlib.md5(self.text.encode(), usedforsecurity=False).hexdigest()
            told["size"] = str(len(self.text))
        # Only the lists of a person's own Drive say who may see a file.
        return {**told, "driveId": self.drive_id} if self.drive_id else {**told, "permissions": self.permissions}


class Drive(Service):
    """A Drive with the folder `root`. Pages hold 100 at most, whatever is asked for, as Google reserves itself."""

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[str, Item] = {"root": Item("root", "Reports", FOLDER, "")}
        self.is_revoked = False

    def add(self, *items: Item) -> None:
        self.items.update({item.id: item for item in items})

    @property
    def downloads(self) -> int:
        asked = [request for request in self.requests if request.path.startswith("/drive/v3/files/")]
        return sum(each.query.get("alt") == "media" or each.path.endswith("/export") for each in asked)

    def service_account(self) -> str:
        """What an administrator pastes into the credential."""
        told = {
            "type": "service_account",
            "project_id": "test",
            "private_key_id": "1",
            "private_key": _private_key(),
            "client_email": "robot@test.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": f"{self.url}/token",
        }
        return json.dumps(told)

    def consent(self) -> str:
        """The other kind of credential: a person's."""
        told = {"type": "authorized_user", "client_id": "1", "client_secret": "s", "refresh_token": "r"}
        return json.dumps({**told, "token_uri": f"{self.url}/token"})

    def answer(self, request: Request) -> Answer:
        if request.path == "/token":
            if self.is_revoked:
                return Answer({"error": "invalid_grant", "error_description": "Token has been revoked."}, 400)
            return Answer({"access_token": _TOKEN, "expires_in": 3600, "token_type": "Bearer"})
        if request.bearer != _TOKEN:
            return error(401, "authError")
        path = request.path.removeprefix("/drive/v3/")
        if path == "about":
            return Answer({"user": {"emailAddress": "robot@test.iam.gserviceaccount.com"}})
        if path == "files":
            return self._children(request)
        item = self.items.get(path.split("/")[1])
        if item is None:
            return error(404, "notFound")
        if path.endswith("/permissions"):
            return Answer({"permissions": item.permissions})
        if path.endswith("/export") or request.query.get("alt") == "media":
            return self._content(item, request, path.endswith("/export"))
        return Answer(item.listed())

    def _children(self, request: Request) -> Answer:
        parent = re.match(r"'([^']+)' in parents and trashed = false", request.query["q"]).group(1)
        found = sorted((item for item in self.items.values() if item.parent == parent), key=lambda item: item.name)
        start, size = int(request.query.get("pageToken", 0)), min(int(request.query["pageSize"]), 100)
        more = {"nextPageToken": str(start + size)} if start + size < len(found) else {}
        return Answer({"files": page(found, start, size, Item.listed), **more})

    @staticmethod
    def _content(item: Item, request: Request, is_export: bool) -> Answer:
        if is_export != item.mime.startswith(GOOGLE):
            return error(403, "fileNotDownloadable" if not is_export else "fileNotExportable")
        content = b"this is no such file" if item.broken else file_of(item.kind, item.text)
        headers = {"Content-Type": "application/octet-stream"}
        ranged = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("range", ""))
        if is_export or not ranged or not content:
            return Answer(content, headers=headers)
        first, last = int(ranged.group(1)), min(int(ranged.group(2)), len(content) - 1)
        return Answer(
            content[first : last + 1], 206, {**headers, "Content-Range": f"bytes {first}-{last}/{len(content)}"}
        )


def error(status: int, reason: str, **headers: str) -> Answer:
    """As Google words it."""
    told = {"code": status, "message": reason, "errors": [{"domain": "global", "reason": reason, "message": reason}]}
    return Answer({"error": told}, status, {name.replace("_", "-"): value for name, value in headers.items()})


def mixed(count: int, start: int = 0) -> list[Item]:
    """So many files of all kinds, in folders within folders, with some that nobody reads."""
    items = [Item(f"folder{number}", f"Folder {number}", FOLDER, "root") for number in range(5)]
    items += [Item(f"inner{number}", "Inner", FOLDER, f"folder{number}") for number in range(5)]
    folders = ["root", *(item.id for item in items)]
    kinds = [*MIMES, "image/png"]
    for number in range(start, start + count):
        kind = kinds[number % len(kinds)]
        text = f"Document number {number} is about subject{number}. " + "It says the same as all the others do. " * 12
        # Every other one is in one folder, which takes many pages to list.
        parent = "root" if number % 2 else folders[number % len(folders)]
        items.append(Item(f"file{number:05}", f"file {number:05}.{kind.replace('/', '.')}", kind, parent, text))
    return items


@cache
def _private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
