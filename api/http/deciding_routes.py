"""Gather the routes about decisions: agreements, the committee, what speaks for and against a tool."""

from __future__ import annotations

from fastapi import APIRouter

from api.http import agreement_routes, committee_routes, evaluation_routes
from api.http.reading import Reader
from api.pages.render import Pages
from governance.committee import Rules


def document_router(reader: Reader, rules: Rules) -> APIRouter:
    """Return the routes of the JSON documents."""
    routes = APIRouter()
    routes.include_router(agreement_routes.document_router(reader))
    routes.include_router(committee_routes.document_router(reader, rules))
    routes.include_router(evaluation_routes.document_router(reader))
    return routes


def page_router(reader: Reader, pages: Pages, rules: Rules) -> APIRouter:
    """Return the routes of the pages."""
    routes = APIRouter()
    routes.include_router(agreement_routes.page_router(reader, pages))
    routes.include_router(committee_routes.page_router(reader, pages, rules))
    return routes
