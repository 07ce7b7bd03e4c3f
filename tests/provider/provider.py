"""A service with accounts as Google and Slack have them, for tests: `python3 provider.py` first prints its address.

It is strict where they are: a code is good once, for one address, with the verifier of its challenge, for a short time;
a refresh token that was rotated is refused, as is everything of an account that took its consent back. What it does is
set by POST /control with a JSON object, and told by GET /control.
"""

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

CODE_LIFE = 60


class State:
    """All that the service knows; one lock for everything."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.client = ("client-7", "CANARY-client-secret")
        self.addresses: list[str] = []
        self.expires_in: int | None = 3600
        self.rotates = False
        self.answer_with: str | None = None  # an error code for every token request, or "redirect"
        self.codes: dict[str, dict[str, Any]] = {}
        self.refresh_tokens: set[str] = set()
        self.access_tokens: dict[str, float] = {}
        self.asked: list[str] = []

    def control(self, change: dict[str, Any]) -> dict[str, Any]:
        """Sets what is given and tells how it stands."""
        with self.lock:
            if change.pop("revoke", False):
                self.refresh_tokens.clear()
                self.access_tokens.clear()
            for name, value in change.items():
                if name not in ("addresses", "expires_in", "rotates", "answer_with", "asked"):
                    raise ValueError(name)
                setattr(self, name, value)
            return {"asked": self.asked, "refresh_tokens": len(self.refresh_tokens)}

    def new_code(self, asked: dict[str, str]) -> str:
        """A code for what the authorise page was asked."""
        code = "code-" + secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "until": time.time() + CODE_LIFE}
        return code

    def answer(self, form: dict[str, str], basic: tuple[str, str] | None) -> dict[str, Any]:
        """What the token address says: tokens, or `error`."""
        with self.lock:
            grant = form.get("grant_type", "authorization_code")
            self.asked.append(grant)
            if self.answer_with not in (None, "redirect"):
                return {"error": self.answer_with}
            if (basic or (form.get("client_id"), form.get("client_secret"))) != self.client:
                return {"error": "invalid_client"}
            if grant == "authorization_code":
                return self._for_code(form)
            if grant != "refresh_token":
                return {"error": "unsupported_grant_type"}
            if form.get("refresh_token") not in self.refresh_tokens:
                return {"error": "invalid_grant"}
            if self.rotates:
                self.refresh_tokens.discard(form["refresh_token"])
            return self._tokens("drive.readonly", self.rotates)

    def _for_code(self, form: dict[str, str]) -> dict[str, Any]:
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or asked["until"] < time.time() or asked["redirect_uri"] != form.get("redirect_uri"):
            return {"error": "invalid_grant"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked.get("code_challenge_method") != "S256" or challenge != asked.get("code_challenge"):
            return {"error": "invalid_grant"}
        return self._tokens(asked.get("scope", ""), with_refresh=True)

    def _tokens(self, scope: str, with_refresh: bool) -> dict[str, Any]:
        access = "CANARY-access-" + secrets.token_urlsafe(24)
        self.access_tokens[access] = time.time() + (self.expires_in if self.expires_in is not None else 1e9)
        told = {"access_token": access, "token_type": "Bearer", "scope": scope}
        if self.expires_in is not None:
            told["expires_in"] = self.expires_in
            if with_refresh:
                told["refresh_token"] = "CANARY-refresh-" + secrets.token_urlsafe(24)
                self.refresh_tokens.add(told["refresh_token"])
        return told


STATE = State()


class Handler(BaseHTTPRequestHandler):
    """The pages and addresses of the service."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        """The page on which a person consents, the address that it leads to, and whose token this is."""
        parts = urlsplit(self.path)
        asked = dict(parse_qsl(parts.query))
        if parts.path == "/authorize":
            self._consent(asked)
        elif parts.path == "/decide":
            self._decide(asked)
        elif parts.path == "/whoami":
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            known = STATE.access_tokens.get(token, 0) > time.time()
            self._json(200 if known else 401, {"name": "Ann of the provider"} if known else {"error": "unknown token"})
        elif parts.path == "/control":
            self._json(200, STATE.control({}))
        else:
            self._json(404, {"error": "no such address"})

    def do_POST(self) -> None:
        """Tokens, as Google and as Slack hand them out, and what tests say."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/control":
            self._json(200, STATE.control(json.loads(body or b"{}")))
            return
        if STATE.answer_with == "redirect":
            self._send(307, b"", {"Location": "/elsewhere"})
            return
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        told = STATE.answer(form, self._basic())
        if self.path == "/slack":
            if "error" in told:
                codes = {"invalid_client": "bad_client_secret", "invalid_grant": "invalid_code"}
                if form.get("grant_type") == "refresh_token":
                    codes["invalid_grant"] = "invalid_refresh_token"
                told = {"ok": False, "error": codes.get(told["error"], told["error"])}
            else:
                told = {**told, "ok": True, "token_type": "bot", "scope": "users:read,team:read"}
            self._json(200, told)
        else:
            status = 200 if "error" not in told else 401 if told["error"] == "invalid_client" else 400
            self._json(status, told)

    def _consent(self, asked: dict[str, str]) -> None:
        if asked.get("client_id") != STATE.client[0]:
            self._page(400, "<h1>The app is not known here</h1>")
        elif asked.get("redirect_uri") not in STATE.addresses:
            self._page(400, "<h1>Error 400: redirect_uri_mismatch</h1>")
        else:
            more = html.escape(urlencode(asked))
            self._page(
                200,
                f"<h1>Sign in with the provider</h1><p>Asked for: {html.escape(asked.get('scope', ''))}</p>"
                f'<p><a href="/decide?allow=1&amp;{more}">Allow</a> <a href="/decide?{more}">Deny</a></p>',
            )

    def _decide(self, asked: dict[str, str]) -> None:
        back, state = asked.get("redirect_uri", ""), quote(asked.get("state", ""))
        if back not in STATE.addresses:
            self._page(400, "<h1>Error 400: redirect_uri_mismatch</h1>")
            return
        with STATE.lock:
            told = f"code={STATE.new_code(asked)}" if asked.get("allow") else "error=access_denied"
        self._send(302, b"", {"Location": f"{back}?{told}&state={state}"})

    def _basic(self) -> tuple[str, str] | None:
        kind, _, text = self.headers.get("Authorization", "").partition(" ")
        if kind != "Basic":
            return None
        name, _, word = base64.b64decode(text).decode().partition(":")
        return name, word

    def _page(self, status: int, body: str) -> None:
        text = f'<!DOCTYPE html><html lang="en"><title>Provider</title><body>{body}</body></html>'
        self._send(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"})

    def _json(self, status: int, told: dict[str, Any]) -> None:
        self._send(status, json.dumps(told).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
