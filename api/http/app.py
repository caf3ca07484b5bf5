"""Build the application: guards around JSON documents, pages and static files."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response

from api.catalogue_in_force import CatalogueInForce, only
from api.health import Expected
from api.http import (
    candidate_routes,
    compliance_routes,
    deciding_routes,
    document_routes,
    organisation_routes,
    page_routes,
    risk_routes,
    source_routes,
)
from api.http.conditional import ConditionalDocuments
from api.http.guards import LARGEST_BODY, LOOPBACK_NAMES, ErrorGuard, HostGuard, SizeGuard
from api.http.headers import StrictHeaders
from api.http.problems import problem, problem_response
from api.http.reading import OneCatalogue, Reader
from api.http.report_routes import Manner
from api.pages.assets import load_assets
from api.pages.render import Pages
from api.reporting.paper import PAPERS
from governance.committee import DEFAULT_RULES, Rules
from governance.small_cells import THRESHOLD
from signatures.catalogue import Catalogue
from storage.errors import NotRecorded

if TYPE_CHECKING:
    from api.uploads import Uploads
    from governance.weights import Weights
    from storage.database import Database

_DESCRIPTION = (
    "Read-only. Lists which AI tools the logs show, how exposed patient data is to each, and what was not "
    "read. Errors are RFC 9457 problem documents. Every document carries an ETag."
)


def create_app(
    *,
    database: Database,
    catalogue: Catalogue | CatalogueInForce,
    weights: Weights,
    clock: Callable[[], datetime],
    host_names: Collection[str] = LOOPBACK_NAMES,
    largest_body: int = LARGEST_BODY,
    expected: Expected | None = None,
    small_cell_threshold: int = THRESHOLD,
    uploads: Uploads | None = None,
    promote: candidate_routes.Promote | None = None,
    rules: Rules = DEFAULT_RULES,
    pseudonym: Callable[[str], str] | None = None,
    paper: str = PAPERS[0],
    organisation: str = "",
) -> FastAPI:
    """Return the web application over an open, upgraded database.

    A `catalogue` in force is looked up anew for each request. `clock` returns an aware moment.
    `host_names` are the only names the service answers to, against DNS rebinding: a Host header with
    another one is refused with 421. `largest_body` is in bytes. `expected` are the sources the settings
    name. With `uploads` files can be sent to be scanned, with `promote` candidates can be made tools.
    `rules` are those of the committee.
    With `pseudonym`, which turns a name into what is stored of it, attestations are taken. `paper` is that of reports,
    `organisation` the name on top of them.
    """
    assets = load_assets()
    in_force = only(catalogue) if isinstance(catalogue, Catalogue) else catalogue
    pages = Pages(assets, lambda: (in_force.loaded.catalogue.version, in_force.problem))
    taking: Collection[str] = ()
    if uploads is not None:
        from api.http import upload_routes

        taking = upload_routes.ADDRESSES
    pages.environment.globals["takes_files"] = uploads is not None
    manner = Manner(small_cell_threshold, paper, organisation)
    reader = Reader(database, in_force, weights, clock, expected)
    app = FastAPI(
        title="Skiagram",
        version="1",
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        redirect_slashes=False,
        middleware=[
            Middleware(StrictHeaders),
            Middleware(HostGuard, names=host_names, page=pages.problem),
            Middleware(SizeGuard, largest_body=largest_body, page=pages.problem, streamed=taking),
            Middleware(ErrorGuard, page=pages.problem),
            Middleware(OneCatalogue, in_force=in_force),
            Middleware(ConditionalDocuments),
        ],
    )
    app.openapi = partial(_openapi, app)  # type: ignore[method-assign]
    app.include_router(document_routes.router(reader))
    app.include_router(source_routes.router(reader))
    app.include_router(risk_routes.document_router(reader))
    app.include_router(organisation_routes.document_router(reader, manner))
    app.include_router(page_routes.router(reader, pages, assets), include_in_schema=False)
    app.include_router(risk_routes.page_router(reader, pages), include_in_schema=False)
    app.include_router(organisation_routes.page_router(reader, pages, manner), include_in_schema=False)
    app.include_router(deciding_routes.document_router(reader, rules))
    app.include_router(deciding_routes.page_router(reader, pages, rules), include_in_schema=False)
    app.include_router(compliance_routes.document_router(reader, pseudonym))
    app.include_router(compliance_routes.page_router(reader, pages, pseudonym), include_in_schema=False)
    app.include_router(candidate_routes.document_router(reader, promote))
    app.include_router(candidate_routes.page_router(reader, pages, promote), include_in_schema=False)
    if uploads is not None:
        app.include_router(upload_routes.router(uploads))

    def refused(request: Request, status: int, faults: tuple[tuple[str, str], ...] = ()) -> Response:
        return problem_response(request.url.path, problem(status, faults=faults), pages.problem)

    @app.exception_handler(HTTPException)
    async def on_http_exception(request: Request, fault: HTTPException) -> Response:
        response = refused(request, fault.status_code)
        if fault.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["allow"] = "POST" if request.url.path in taking else "GET, HEAD"
        return response

    @app.exception_handler(RequestValidationError)
    async def on_invalid(request: Request, fault: RequestValidationError) -> Response:
        if any(error["loc"][:1] == ("path",) for error in fault.errors()):
            return refused(request, HTTPStatus.NOT_FOUND)
        faults = tuple((".".join(map(str, error["loc"])), str(error["msg"])) for error in fault.errors()[:10])
        return refused(request, HTTPStatus.UNPROCESSABLE_ENTITY, faults)

    @app.exception_handler(NotRecorded)
    async def on_not_recorded(request: Request, fault: NotRecorded) -> Response:
        return refused(request, HTTPStatus.NOT_FOUND)

    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI schema, in which errors have the one media type they are sent with."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        for path in schema["paths"].values():
            for answers in [operation["responses"] for operation in path.values()]:
                for status in [status for status in answers if status != "200"]:
                    answers[status]["content"].pop("application/json", None)
                    if not answers[status]["content"]:
                        del answers[status]  # a wrong id is a 404 here, never the framework's own 422
        for unused in ("HTTPValidationError", "ValidationError"):
            schema["components"]["schemas"].pop(unused, None)
        app.openapi_schema = schema
    return app.openapi_schema
