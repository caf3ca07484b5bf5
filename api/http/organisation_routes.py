"""Gather the routes about the organisation itself: findings, survey, data map."""

from __future__ import annotations

from fastapi import APIRouter

from api.http import finding_routes
from api.http.reading import Reader
from api.pages.render import Pages


def document_router(reader: Reader) -> APIRouter:
    """Return the routes of the JSON documents."""
    routes = APIRouter()
    routes.include_router(finding_routes.document_router(reader))
    return routes


def page_router(reader: Reader, pages: Pages) -> APIRouter:
    """Return the routes of the pages."""
    routes = APIRouter()
    routes.include_router(finding_routes.page_router(reader, pages))
    return routes
