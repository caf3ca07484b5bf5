"""Render templates with autoescape, strict variables and the text rules applied to every printed value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

from api.http.problems import Problem
from api.pages import charts, next_steps, text, wording
from api.pages.assets import Assets


class Pages:
    """The pages of the service, ready to be filled."""

    def __init__(
        self, assets: Assets, catalogue: Callable[[], tuple[str, str | None]] = lambda: ("", None)
    ) -> None:
        """Return the pages; `catalogue` tells the version in force and why a newer one is not."""
        self.environment = _environment(assets)
        self._catalogue = catalogue

    def page(self, template: str, *, status: int = 200, here: str = "", **values: Any) -> HTMLResponse:
        """Return the page of a template; `here` is the address of the navigation entry it belongs to."""
        version, problem = self._catalogue()
        body = self.environment.get_template(template).render(
            here=here, catalogue_version=version, catalogue_problem=problem, **values
        )
        return HTMLResponse(body, status_code=status)

    def problem(self, problem: Problem) -> HTMLResponse:
        """Return the page that tells a person what went wrong."""
        return self.page("problem.html", status=problem.status, problem=problem, now=None)


def _environment(assets: Assets) -> Environment:
    environment = Environment(
        loader=PackageLoader("api.pages", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        finalize=text.finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        shown=text.shown,
        count=text.count,
        rounded=text.rounded,
        size=text.size,
        signed=text.signed,
        share=text.share,
        day=text.day,
        moment=text.moment,
        ago=text.ago,
        several=text.several,
        words=text.words,
        lower_first=text.lower_first,
        scan_status=wording.scan_status,
        finding=wording.finding,
        finding_meaning=wording.finding_meaning,
        surface=wording.surface,
        status=wording.status,
        training=wording.training,
        grade=wording.grade,
        outcome=wording.outcome,
        lost=wording.lost,
        category=wording.category,
        baa=wording.baa,
        offer=wording.offer,
        took=wording.took,
    )
    environment.globals.update(
        asset=assets.address,
        catalogue_version="",
        catalogue_problem=None,
        spark_bars=charts.spark,
        unread_lines=wording.unread_lines,
        where_to=next_steps.where_to,
    )
    return environment
