"""What is asked of Google Drive: who we are, what is in a folder, who may see a file, and its content."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import google_auth_httplib2
import httplib2
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.oauth2 import credentials as oauth
from google.oauth2 import service_account
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from googleapiclient.http import HttpRequest, MediaIoBaseDownload
from retries import BUSY, Busy, Refused, RefusedItem, until_answered

Answer = TypeVar("Answer")
DRIVE_URL = "https://www.googleapis.com/drive/v3/"
FOLDER = "application/vnd.google-apps.folder"
_TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
_SCOPES = ["https://www.googleapis.com/auth/drive.readonly"]
_FIELDS = (
    "id,name,mimeType,md5Checksum,version,modifiedTime,createdTime,size,trashed,webViewLink,driveId,"
    "owners(emailAddress),permissions(type,role,emailAddress,domain)"
)
_TOO_FAST = {"userRateLimitExceeded", "rateLimitExceeded", "sharingRateLimitExceeded", "backendError"}
_PIECE = 8 * 1024 * 1024


class NotThere(RefusedItem):
    """Deleted, or not shared with us: Drive tells the two apart for nobody."""


def credentials_of(text: str, subject: str | None) -> Any:
    """From the JSON of a service account, or of a person's consent (`authorized_user`)."""
    try:
        told = json.loads(text)
        kind = told["type"]
        if kind == "service_account":
            found = service_account.Credentials.from_service_account_info(told, scopes=_SCOPES)
            return found.with_subject(subject) if subject else found
        if kind == "authorized_user":
            # Not from_authorized_user_info, which takes no other token_uri, such as that of a proxy.
            return oauth.Credentials(
                None,
                refresh_token=told["refresh_token"],
                token_uri=told.get("token_uri", _TOKEN_URL),
                client_id=told["client_id"],
                client_secret=told["client_secret"],
            )
        if kind == "connected_account":
            # Of a service that gave nothing to renew the access with; the scheduler saw to it that it is good now.
            return oauth.Credentials(told["token"])
    except (ValueError, KeyError, TypeError, GoogleAuthError) as error:
        raise ValueError(f"Google credential: the text is not the JSON that Google gave ({error})") from None
    raise ValueError(f"Google credential: {kind!r} is neither service_account nor authorized_user")


class Drive:
    """Drive as the credential sees it. Asks again when Google is busy, within bounds."""

    def __init__(self, credentials: Any, url: str) -> None:
        http = google_auth_httplib2.AuthorizedHttp(credentials, http=httplib2.Http(timeout=60))
        options = {"api_endpoint": url if url.endswith("/") else url + "/"}
        self._service = build(
            "drive", "v3", http=http, client_options=options, static_discovery=True, cache_discovery=False
        )
        self._files = self._service.files()
        self._is_robot = isinstance(credentials, service_account.Credentials)

    def who(self) -> str:
        """Whom folders must be shared with. A robot's address is part of its secret, which the server shows nobody."""
        request = self._service.about().get(fields="user(emailAddress)")
        address = str(self._send(request)["user"]["emailAddress"])
        return "the service account (client_email in its JSON)" if self._is_robot else address

    def get(self, id: str) -> dict[str, Any]:
        """One file or folder. Raises `NotThere`, also for what is in the trash."""
        found = self._send(self._files.get(fileId=id, fields=_FIELDS, supportsAllDrives=True))
        if found.get("trashed"):
            raise NotThere(f"{id} is in the trash.")
        return found

    def children(self, folder: str) -> Iterator[dict[str, Any]]:
        """Everything directly in a folder, however many pages that takes."""
        token = None
        while True:
            request = self._files.list(
                q=f"'{folder}' in parents and trashed = false",
                fields=f"nextPageToken,incompleteSearch,files({_FIELDS})",
                pageSize=1000,
                pageToken=token,
                orderBy="name",
                supportsAllDrives=True,
                includeItemsFromAllDrives=True,
            )
            answer = self._send(request)
            if answer.get("incompleteSearch"):
                raise Refused("Drive could not search everything. The next run tries again.")
            yield from answer.get("files", [])
            token = answer.get("nextPageToken")
            if not token:
                return

    def permissions(self, id: str) -> list[dict[str, Any]]:
        """Who may see a file of a shared drive, where the list of files does not say. Nothing if we may not know."""
        found: list[dict[str, Any]] = []
        token = None
        while True:
            request = self._service.permissions().list(
                fileId=id,
                fields="nextPageToken,permissions(type,role,emailAddress,domain)",
                pageSize=100,
                pageToken=token,
                supportsAllDrives=True,
            )
            try:
                answer = self._send(request)
            except RefusedItem:
                return found
            found += answer.get("permissions", [])
            token = answer.get("nextPageToken")
            if not token:
                return found

    def download(self, id: str, export_as: str | None, target: Path) -> None:
        """Writes the content to a file, piece by piece."""
        if export_as:
            request = self._files.export_media(fileId=id, mimeType=export_as)
        else:
            request = self._files.get_media(fileId=id, supportsAllDrives=True)
        with target.open("wb") as file:
            download = MediaIoBaseDownload(file, request, chunksize=_PIECE)
            done = False
            while not done:
                done = _until_answered(download.next_chunk)[1]

    def _send(self, request: HttpRequest) -> dict[str, Any]:
        return _until_answered(request.execute)


def _until_answered(ask: Callable[[], Answer]) -> Answer:
    def once() -> Answer:
        try:
            return ask()
        except HttpError as error:
            raise _problem(error) from None
        except RefreshError as error:
            if error.retryable:
                raise Busy("Google's sign-in is busy") from None
            raise Refused(
                "Google does not accept the credential: it has expired, was revoked, or its key was deleted. "
                f"Replace it. ({_reason(error)})"
            ) from None
        except (TransportError, httplib2.HttpLib2Error, OSError) as error:
            raise Busy(f"Google cannot be reached ({type(error).__name__})") from None

    return until_answered(once)


def _problem(error: HttpError) -> Exception:
    status = int(error.resp.status)
    details = error.error_details if isinstance(error.error_details, list) else []
    reasons = {str(each.get("reason")) for each in details if isinstance(each, dict)}
    if status in BUSY or reasons & _TOO_FAST:
        return Busy(f"Drive answered with status {status}", error.resp.get("retry-after"))
    if status == 401:
        return Refused("Google does not accept the credential (status 401). It may have expired: replace it.")
    if status == 404:
        return NotThere("Drive has no such file, or it is not shared with this credential.")
    if status == 403 and reasons & {"accessNotConfigured", "dailyLimitExceeded"}:
        return Refused("Drive refused: the Google Drive API is not enabled in the project, or its quota is used up.")
    return RefusedItem(f"Drive answered with status {status} ({', '.join(sorted(reasons)) or error.reason}).")


def _reason(error: RefreshError) -> str:
    """Google's word for it, such as `invalid_grant`."""
    return str(error.args[0])[:200] if error.args else type(error).__name__
