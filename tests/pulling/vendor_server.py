"""A server on the loopback interface that speaks the documented protocols of Okta, Microsoft Graph and Google."""

from __future__ import annotations

import json
import ssl
import threading
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

FORMATS = Path(__file__).parents[2] / "scanner" / "formats"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def template(format_id: str, having: str = "") -> dict[str, Any]:
    """Return a record of a format's own examples."""
    examples = tomllib.loads((FORMATS / f"{format_id}.toml").read_text())["examples"]
    lines = [example["line"] for example in examples if example["line"].startswith("{")]
    return dict(json.loads(next(line for line in lines if having in line)))


def okta_event(number: int, at: datetime) -> dict[str, Any]:
    return {**template("okta_system"), "uuid": f"event-{number}", "published": stamp(at)}


def sign_in(number: int, at: datetime, **more: Any) -> dict[str, Any]:
    told = dict(template("entra_signin")["properties"])
    return {**told, "id": f"sign-in-{number}", "createdDateTime": stamp(at), **more}


def activity(number: int, at: datetime, application: str) -> dict[str, Any]:
    told = template("google_workspace", '"events":[')
    return {
        **told,
        "id": {
            "time": stamp(at),
            "uniqueQualifier": str(number),
            "applicationName": application,
            "customerId": "C1",
        },
    }


@dataclass
class Fault:
    """What one request gets instead of an answer."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    cut: bool = False


@dataclass
class VendorServer:
    """Records to serve, faults to answer with first, and the requests that came."""

    page: int = 2
    okta: list[dict[str, Any]] = field(default_factory=list)
    apps: list[dict[str, Any]] = field(default_factory=list)
    graph: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    google: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    fault_from: int | None = None
    """Every request from this one on fails with 500."""
    foreign: str | None = None
    """Where Graph's next link leads instead."""
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    tokens: int = 0
    dead_tokens: set[str] = field(default_factory=set)
    url: str = ""
    check_form: Callable[[dict[str, str]], None] | None = None

    def start(self, certificate: tuple[Path, Path] | None = None) -> None:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: Any) -> None:
                pass

            def do_GET(self) -> None:
                owner.answer(self)

            do_POST = do_GET

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def paths(self, part: str) -> list[str]:
        return [path for _, path, _ in self.requests if part in path]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.requests.append((handler.command, handler.path, dict(handler.headers)))
        form: dict[str, str] = {}
        if handler.command == "POST":
            text = handler.rfile.read(int(handler.headers["Content-Length"])).decode()
            form = {key: values[0] for key, values in parse_qs(text).items()}
            self.forms.append(form)
        if self.faults:
            fault = self.faults.pop(0)
            self._send(handler, fault.status, fault.body, fault.headers, cut=fault.cut)
        elif self.fault_from is not None and len(self.requests) >= self.fault_from:
            self._send(handler, 500, {"errorCode": "E0000009"})
        elif parts.path.endswith("/token") and handler.command == "POST":
            self._token(handler, form)
        elif not self._allowed(handler):
            self._send(handler, 401, {"errorCode": "E0000011", "errorSummary": "Invalid token provided"})
        elif parts.path == "/api/v1/logs":
            self._okta(
                handler, query, self._between(self.okta, ("published",), query["since"], query["until"])
            )
        elif parts.path == "/api/v1/apps":
            self._okta(handler, query, self.apps)
        elif parts.path.startswith(("/v1.0/", "/beta/")):
            self._graph(handler, parts.path, query)
        elif parts.path.startswith("/admin/reports/v1/activity/users/all/applications/"):
            self._google(handler, parts.path.rpartition("/")[2], query)
        else:
            self._send(handler, 404, {"errorCode": "E0000007"})

    def _allowed(self, handler: BaseHTTPRequestHandler) -> bool:
        kind, _, token = handler.headers.get("Authorization", "").partition(" ")
        if kind == "SSWS":
            return token == "00okta-secret"
        return kind == "Bearer" and token.startswith("token-") and token not in self.dead_tokens

    def _token(self, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        if self.check_form is not None:
            self.check_form(form)
        if form.get("client_secret", "right secret") != "right secret":
            self._send(handler, 401, {"error": "invalid_client", "error_description": f"got {form}"})
            return
        self.tokens += 1
        self._send(handler, 200, {"access_token": f"token-{self.tokens}", "expires_in": 3600})

    def _between(
        self, records: list[dict[str, Any]], path: tuple[str, ...], since: str, until: str
    ) -> list[dict[str, Any]]:
        def time_of(record: Any) -> str:
            for key in path:
                record = record[key]
            return str(record)

        return sorted((one for one in records if since <= time_of(one) < until), key=time_of)

    def _okta(
        self, handler: BaseHTTPRequestHandler, query: dict[str, str], records: list[dict[str, Any]]
    ) -> None:
        after = int(query.get("after", "0"))
        headers = {"X-Rate-Limit-Remaining": "50"}
        if after + self.page < len(records):
            more = "&".join(f"{k}={v}" for k, v in query.items() if k != "after")
            link = f"{self.url}{urlsplit(handler.path).path}?{more}&after={after + self.page}"
            headers["Link"] = f'<{self.url}{handler.path}>; rel="self", <{link}>; rel="next"'
        self._send(handler, 200, records[after : after + self.page], headers)

    def _graph(self, handler: BaseHTTPRequestHandler, path: str, query: dict[str, str]) -> None:
        name = path.rpartition("/")[2]
        told = query.get("$filter", "")
        for kind in ("nonInteractiveUser", "servicePrincipal"):
            if f"signInEventTypes/any(t: t eq '{kind}')" in told:
                assert path.startswith("/beta/")
                name = kind
        records = self.graph.get(name, [])
        if told:
            words = told.split()
            records = self._between(records, (words[0],), words[2], words[6])[::-1]  # newest first
        skip = int(query.get("$skiptoken", "0"))
        body: dict[str, Any] = {"@odata.context": "x", "value": records[skip : skip + self.page]}
        if skip + self.page < len(records):
            from urllib.parse import urlencode

            following = urlencode({**query, "$skiptoken": str(skip + self.page)})
            body["@odata.nextLink"] = f"{self.foreign or self.url}{path}?{following}"
        self._send(handler, 200, body)

    def _google(self, handler: BaseHTTPRequestHandler, application: str, query: dict[str, str]) -> None:
        records = self.google.get(application, [])
        records = self._between(records, ("id", "time"), query["startTime"], query["endTime"])[::-1]
        skip = int(query.get("pageToken", "0"))
        body: dict[str, Any] = {"kind": "admin#reports#activities"}
        if records:
            body["items"] = records[skip : skip + self.page]
        if skip + self.page < len(records):
            body["nextPageToken"] = str(skip + self.page)
        self._send(handler, 200, body)

    def _send(
        self,
        handler: BaseHTTPRequestHandler,
        status: int,
        body: Any,
        headers: dict[str, str] | None = None,
        *,
        cut: bool = False,
    ) -> None:
        data = json.dumps(body).encode()
        handler.send_response_only(status or 200)
        handler.send_header("Date", formatdate(time.time(), usegmt=True))
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data) + (100 if cut else 0)))
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)
        if cut:
            handler.close_connection = True


def every(hours: float, count: int, start: datetime = NOW - timedelta(days=2)) -> list[datetime]:
    return [start + timedelta(hours=hours * number) for number in range(count)]
