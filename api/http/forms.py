"""Take what forms and programs of this site send, and refuse what pages of other sites send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl, urlencode

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

Take = Callable[[dict[str, str]], Response]
"""Does what a form asks for, and answers with a page."""

_FORM: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 40


def refuse_other_sites(request: Request) -> None:
    """Refuse what a page of another site sends; browsers say where a request comes from, programs say nothing."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        own = site in ("same-origin", "none")
    else:
        origin = request.headers.get("origin")
        own = origin is None or origin.partition("://")[2].lower() == request.headers["host"].strip().lower()
    if not own:
        raise HTTPException(403)


async def form_fields(request: Request) -> dict[str, str]:
    """Return the fields of a form of this site, each at most once, empty ones included."""
    refuse_other_sites(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(415)
    try:
        pairs = parse_qsl(
            (await request.body()).decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise HTTPException(400) from None
    given = dict(pairs)
    if len(given) != len(pairs):
        raise HTTPException(400)
    return {name: value.strip() for name, value in given.items()}


async def handed_over(request: Request, take: Take) -> Response:
    """Let a form be taken away from the loop that serves everybody: it waits for the database."""
    return await run_in_threadpool(take, await form_fields(request))


def in_words(problem: Exception) -> str:
    """Say what is wrong with a form: for every field at fault, which and why."""
    if isinstance(problem, ValidationError | RequestValidationError):
        return " ".join(
            f"{'.'.join(str(part) for part in error['loc'] if part != 'body')}: {error['msg']}."
            for error in problem.errors()
        )
    return str(problem)


def invalid(where: str, what: str) -> RequestValidationError:
    """Return the problem that tells a program which field is at fault."""
    return RequestValidationError([{"loc": ("body", where), "msg": what, "type": "value_error"}])


def back_to(address: str, done: str) -> Response:
    """Return to a page, which says what was done."""
    return RedirectResponse(f"{address}?{urlencode({'done': done[:300]})}", status_code=303)
