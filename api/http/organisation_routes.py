"""Gather the routes about the organisation itself: findings, survey, data map, report."""

from __future__ import annotations

from fastapi import APIRouter

from api.http import datamap_routes, finding_routes, report_routes, survey_routes
from api.http.reading import Reader
from api.http.report_routes import Manner
from api.pages.render import Pages


def document_router(reader: Reader, manner: Manner) -> APIRouter:
    """Return the routes of the JSON documents."""
    routes = APIRouter()
    routes.include_router(finding_routes.document_router(reader))
    routes.include_router(survey_routes.document_router(reader, manner.threshold))
    routes.include_router(datamap_routes.document_router(reader, manner.threshold))
    routes.include_router(report_routes.document_router(reader, manner))
    return routes


def page_router(reader: Reader, pages: Pages, manner: Manner) -> APIRouter:
    """Return the routes of the pages."""
    routes = APIRouter()
    routes.include_router(finding_routes.page_router(reader, pages))
    routes.include_router(survey_routes.page_router(reader, pages, manner.threshold))
    routes.include_router(datamap_routes.page_router(reader, pages, manner.threshold))
    routes.include_router(report_routes.page_router(reader, pages, manner))
    return routes
