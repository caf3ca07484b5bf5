"""Say what went wrong: RFC 9457 problem documents for programs, a plain page for people, never internals."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.responses import Response

PROBLEM_TYPE = "application/problem+json"

_DETAILS = {
    400: "The request is not one this service understands.",
    403: "The request comes from a page of another site. Open this service directly.",
    404: "There is nothing at this address.",
    405: "This address can only be read, with GET or HEAD.",
    408: "The request took too long to arrive.",
    413: "The request body is larger than this service accepts.",
    414: "The address is longer than this service accepts.",
    415: "A file is sent here as the form on the page of scans does.",
    421: "This service does not answer for that host name. Open it as http://127.0.0.1 or http://localhost.",
    422: "A parameter has a value that is not allowed here.",
    431: "The request carries more header fields than this service accepts.",
    500: "Something failed inside. The service log has the cause under the incident number.",
    501: "This form needs libraries that are not installed here: pip install skiagram[reports].",
    503: "The stored data cannot be read now. The service log has the cause under the incident number.",
    507: "The disk of this service is full; nothing was scanned. Free some space there, then send the file again.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What a reader is told of a failure: a status, one sentence, and where the request was at fault."""

    status: int
    detail: str
    incident: str | None = None
    faults: tuple[tuple[str, str], ...] = ()  # (parameter, what is wrong with it)

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase


def problem(status: int, incident: str | None = None, faults: Sequence[tuple[str, str]] = ()) -> Problem:
    """Return the problem for an HTTP status, with this service's own wording and nothing from the request."""
    detail = _DETAILS.get(status, HTTPStatus(status).phrase + ".")
    return Problem(status, detail, incident, tuple(faults))


PageOfProblem = Callable[[Problem], Response]


def wants_document(path: str) -> bool:
    """Tell whether errors at this address go to a program (JSON) rather than to a person (HTML)."""
    return path.startswith("/api") or path == "/healthz"


def problem_response(path: str, shown: Problem, page: PageOfProblem) -> Response:
    """Answer a problem in the form the address promises; connections at fault are closed."""
    response = _document(shown) if wants_document(path) else page(shown)
    if shown.status in (408, 413, 431):
        response.headers["connection"] = "close"
    return response


def _document(shown: Problem) -> Response:
    body: dict[str, object] = {
        "type": "about:blank",
        "title": shown.title,
        "status": shown.status,
        "detail": shown.detail,
    }
    if shown.incident is not None:
        body["incident"] = shown.incident
    if shown.faults:
        body["errors"] = [{"parameter": where, "message": what} for where, what in shown.faults]
    return Response(json.dumps(body), status_code=shown.status, media_type=PROBLEM_TYPE)
