"""A service on this computer, to be made busy, refusing or slow where a test wants it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Request:
    """What came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def bearer(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass
class Answer:
    """What goes out; a body that is not bytes is sent as JSON."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class _Fault:
    pattern: re.Pattern[str]
    answer: Answer
    times: int


class Gate:
    """Holds back one request until it is opened, so that a test can act in the middle of a run."""

    def __init__(self, pattern: str, after: int) -> None:
        self.pattern = re.compile(pattern)
        self.after = after
        self.reached = threading.Event()
        self.opened = threading.Event()


class Service:
    """Answers by `answer`, which subclasses define. `requests` are those that came in, in order."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._faults: list[_Fault] = []
        self._gate: Gate | None = None
        self._lock = threading.Lock()
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer would wait 40 ms for the one before to be acknowledged

            def do_GET(self) -> None:
                service._serve(self)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, request: Request) -> Answer:
        raise NotImplementedError

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def fail(self, pattern: str, answer: Answer, times: int = 1) -> None:
        """The next requests whose `METHOD path?query body` matches get this answer."""
        self._faults.append(_Fault(re.compile(pattern), answer, times))

    def hold(self, pattern: str, after: int = 0) -> Gate:
        """The request that matches, after so many that do, waits until the gate is opened."""
        self._gate = Gate(pattern, after)
        return self._gate

    def count(self, pattern: str) -> int:
        """How many requests matched."""
        return sum(bool(re.search(pattern, f"{each.method} {each.path}")) for each in self.requests)

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        length = int(handler.headers.get("content-length") or 0)
        request = Request(
            handler.command,
            parts.path,
            {name: values[0] for name, values in parse_qs(parts.query).items()},
            {name.lower(): value for name, value in handler.headers.items()},
            handler.rfile.read(length),
        )
        line = f"{request.method} {handler.path} {request.body[:2000].decode(errors='replace')}"
        answer = self._answer_to(request, line)
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        try:
            handler.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        except OSError:  # the run was cancelled
            handler.close_connection = True

    def _answer_to(self, request: Request, line: str) -> Answer:
        with self._lock:
            self.requests.append(request)
            fault = next((each for each in self._faults if each.times and each.pattern.search(line)), None)
            if fault is not None:
                fault.times -= 1
            gate = self._gate if self._gate is not None and self._gate.pattern.search(line) else None
            if gate is not None:
                gate.after -= 1
                self._gate = None if gate.after < 0 else self._gate
        if gate is not None and gate.after < 0:
            gate.reached.set()
            gate.opened.wait(30)
        return fault.answer if fault is not None else self.answer(request)


def page(items: list[Any], start: int, size: int, render: Callable[[Any], Any] = lambda item: item) -> list[Any]:
    """So many items from a place on."""
    return [render(item) for item in items[start : start + size]]
