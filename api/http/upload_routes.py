"""Take files to scan: POST /api/v1/uploads for programs, /uploads for the form on the page of scans."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.cli.report import result_document
from api.http.guards import host_name
from api.http.multipart import FileForm, FormInvalid
from api.http.problems import PROBLEM_TYPE
from api.scanning import ScanResult
from api.uploads import Uploads
from storage.errors import ScanRunning

ADDRESSES: Final = frozenset({"/api/v1/uploads", "/uploads"})
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FORM: Final = "multipart/form-data"


class _TooLarge(Exception):
    """More bytes arrived than an upload may have."""


def router(uploads: Uploads) -> APIRouter:
    """Return the routes that take files."""
    routes = APIRouter()

    @routes.post(
        "/api/v1/uploads",
        tags=["scans"],
        summary="Upload and scan a file",
        responses={
            200: {"description": "What the scan came to, as `skiagram scan --json` prints it."},
            **{
                status: {"description": said, "content": {PROBLEM_TYPE: {}}} for status, said in _SAID.items()
            },
        },
    )
    async def upload(
        request: Request,
        name: Annotated[str, Query(max_length=200, description="What to call it.")] = "",
        format: Annotated[str, Query(max_length=500, description="Format id; recognised if left out.")] = "",
        source: Annotated[str, Query(max_length=80, description="Name of the source it belongs to.")] = "",
    ) -> Response:
        """Scan the request's body, or the file of a multipart form; answer when the scan has ended."""
        return JSONResponse(result_document(await _taken(uploads, request, name, format, source)))

    @routes.post("/uploads", include_in_schema=False)
    async def form(request: Request) -> Response:
        if not request.headers.get("content-type", "").startswith(_FORM):
            raise HTTPException(415)
        result = await _taken(uploads, request, "", "", "")
        return RedirectResponse(f"/scans/{result.scan_id}", status_code=303)

    return routes


_SAID: Final = {
    403: "The request comes from a page of another site.",
    413: "The file is larger than the setting `upload_limit` allows.",
    422: "There is no such format, or the form cannot be read.",
    503: "Another scan is running, or the stored data cannot be read now.",
    507: "The disk of the service is full.",
}


async def _taken(uploads: Uploads, request: Request, name: str, format_id: str, source: str) -> ScanResult:
    if not same_site(request):
        raise HTTPException(403)
    stated = request.headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and int(stated) > uploads.largest + (1 << 16):
        raise HTTPException(413)
    try:
        with uploads.file() as (path, file):
            received = 0

            def write(data: bytes) -> None:
                nonlocal received
                received += len(data)
                if received > uploads.largest:
                    raise _TooLarge
                while data:
                    data = data[file.write(data) or 0 :]

            form = await _received(request, write)
            if form is not None:
                name = form.name or name
                format_id = form.fields.get("format") or format_id
                source = (form.fields.get("source") or source)[:80]
            if format_id and not uploads.knows(format_id):
                raise _invalid("format", "There is no such format; see: skiagram formats list")
            return await run_in_threadpool(uploads.scan, path, name, format_id or None, source or None)
    except _TooLarge as problem:
        raise HTTPException(413) from problem
    except FormInvalid as problem:
        raise _invalid("body", f"This is no form with one file: {problem}") from problem
    except ClientDisconnect as problem:
        raise HTTPException(400) from problem  # nobody is there to read it
    except ScanRunning as problem:
        raise HTTPException(503) from problem
    except OSError as problem:
        if problem.errno in _FULL:
            raise HTTPException(507) from problem
        raise


def _invalid(where: str, what: str) -> RequestValidationError:
    return RequestValidationError([{"loc": (where,), "msg": what, "type": "value_error"}])


async def _received(request: Request, write: Callable[[bytes], None]) -> FileForm | None:
    """Hand on the body as it arrives; return the form where it is one."""
    kind = request.headers.get("content-type", "")
    form = FileForm(kind, write) if kind.startswith(_FORM) else None
    async for piece in request.stream():
        if form is None:
            await run_in_threadpool(write, piece)
        else:
            await run_in_threadpool(form.feed, piece)
    if form is not None:
        form.end()
    return form


def same_site(request: Request) -> bool:
    """Say whether a request comes from our own pages or from a program, and not from another site's page.

    Browsers state where a form comes from: Sec-Fetch-Site, or Origin where they are older. Under our policy of no
    referrer the Origin of our own forms is "null", so it counts only where the other is missing.
    """
    fetched_from = request.headers.get("sec-fetch-site")
    if fetched_from is not None:
        return fetched_from in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True
    scheme, _, host = origin.partition("://")
    own = request.headers["host"].strip().lower()
    return scheme in ("http", "https") and host.lower() == own and host_name(own) is not None
