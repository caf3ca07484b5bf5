"""Answer /policy and /api/v1/policy: what holds today, its versions, publishing, and who has read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import Field, ValidationError
from starlette.responses import Response

from api.http.compliance_documents import PolicyDocument, PolicyVersionDocument, SectionDocument
from api.http.compliance_reading import read_gaps, read_versions, tool_names
from api.http.document_routes import failures
from api.http.documents import Document
from api.http.forms import back_to, handed_over, in_words, invalid, refuse_other_sites
from api.http.reading import Reader
from api.pages.render import Pages
from governance.errors import PolicyInvalid
from governance.policy import policy_in_force
from governance.policy_versions import Attested, attest, contradicting, publish
from storage.errors import NotRecorded
from storage.policies import PolicyVersion, attested_counts

Pseudonym = Callable[[str], str]
"""Turns a name, in any spelling, into what is stored of it."""
By = Annotated[str, Field(min_length=1, max_length=200, description="Who does it; kept in the audit log.")]
_MOST_NAMES = 1_000
_VERSION_FIELDS = tuple(name for name in PolicyVersionDocument.model_fields if name != "attestations")


class PublishRequest(Document):
    """Whom a version names; what is left out stays as in the version before."""

    owner: str | None = Field(None, max_length=300, description="Who owns the policy.")
    contact: str | None = Field(None, max_length=300, description="To whom people report.")
    by: By


class AttestRequest(Document):
    """Who has read a version."""

    people: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(
        min_length=1, max_length=_MOST_NAMES, description="Names in any spelling; stored as pseudonyms only."
    )
    on: date | None = Field(None, description="Day on which they did; today if left out.")
    version: int | None = Field(None, ge=1, le=2**53, description="The newest if left out.")
    by: By


class AttestedDocument(Document):
    """What taking attestations came to."""

    rows: int = Field(description="People named.")
    new: int = Field(description="Those who had not attested this version before.")


def document_router(reader: Reader, pseudonym: Pseudonym | None) -> APIRouter:
    """Return the routes of the JSON documents; without `pseudonym` no attestation is taken."""
    routes = APIRouter(prefix="/api/v1/policy", tags=["governance"])

    @routes.get("", summary="Policy", responses=failures(500, 503))
    def show_policy() -> PolicyDocument:
        """Show the policy as the decisions in force say it today."""
        with reader.database.read() as conn:
            found = policy_in_force(conn, reader.catalogue, reader.clock())
        return PolicyDocument(
            sections=[SectionDocument.model_validate(one) for one in found.sections],
            digest=found.digest,
            changed=found.changed,
            published=found.published.id if found.published else None,
        )

    @routes.get("/versions", summary="Policy versions", responses=failures(500, 503))
    def list_versions() -> list[PolicyVersionDocument]:
        """List the published versions, newest first."""
        with reader.database.read() as conn:
            return [_version(one, count) for one, count in read_versions(conn)]

    @routes.post("/publish", summary="Publish the policy", responses=failures(422, 500, 503))
    def publish_one(request: Request, asked: PublishRequest) -> PolicyVersionDocument:
        """Publish what the decisions in force say as a new version."""
        refuse_other_sites(request)
        try:
            made = _publish(reader, asked)
        except PolicyInvalid as problem:
            raise invalid("policy", str(problem)) from problem
        with reader.database.read() as conn:
            return _version(made, attested_counts(conn).get(made.id, 0))

    @routes.post("/attest", summary="Record who has read it", responses=failures(404, 422, 500, 503))
    def attest_some(request: Request, asked: AttestRequest) -> AttestedDocument:
        """Keep that people have read a version; of their names only pseudonyms are stored."""
        refuse_other_sites(request)
        try:
            done = _attest(reader, pseudonym, asked)
        except PolicyInvalid as problem:
            raise invalid("policy", str(problem)) from problem
        return AttestedDocument(rows=done.rows, new=done.new)

    return routes


def page_router(reader: Reader, pages: Pages, pseudonym: Pseudonym | None) -> APIRouter:
    """Return the routes of the page and its forms."""
    routes = APIRouter(default_response_class=HTMLResponse)

    def page(status: int = 200, **told: Any) -> Response:
        now = reader.clock()
        with reader.database.read() as conn:
            found = policy_in_force(conn, reader.catalogue, now)
            versions = read_versions(conn)
            against = contradicting(read_gaps(reader, conn))
        values = {"done": "", "fault": "", "given": {}, **told}
        return pages.page(
            "policy.html",
            status=status,
            here="/governance",
            policy=found,
            versions=versions,
            against=against,
            names=tool_names(reader),
            attestable=pseudonym is not None,
            today=now.date(),
            now=now,
            **values,
        )

    def take(given: dict[str, str], work: Callable[[dict[str, str]], str]) -> Response:
        try:
            return back_to("/policy", work(given))
        except (PolicyInvalid, ValidationError, NotRecorded) as problem:
            return page(422, fault=in_words(problem), given=given)

    def publishing(given: dict[str, str]) -> str:
        made = _publish(reader, PublishRequest.model_validate(given))
        return f"Version {made.id} is published: {len(made.added)} lines new, {len(made.removed)} gone."

    def attesting(given: dict[str, str]) -> str:
        people = [line.strip() for line in given.get("people", "").splitlines() if line.strip()]
        asked = {"people": people, "on": given.get("on") or None, "by": given.get("by", "")}
        done = _attest(reader, pseudonym, AttestRequest.model_validate(asked))
        return f"{done.rows} have read it, {done.new} of them told for the first time."

    @routes.get("/policy")
    def policy(done: Annotated[str, Query(max_length=300)] = "") -> Response:
        return page(done=done)

    @routes.post("/policy/publish")
    async def publish_form(request: Request) -> Response:
        return await handed_over(request, lambda given: take(given, publishing))

    @routes.post("/policy/attest")
    async def attest_form(request: Request) -> Response:
        return await handed_over(request, lambda given: take(given, attesting))

    return routes


def _publish(reader: Reader, asked: PublishRequest) -> PolicyVersion:
    with reader.database.write() as conn:
        return publish(conn, reader.catalogue, asked.owner, asked.contact, asked.by, reader.clock())


def _attest(reader: Reader, pseudonym: Pseudonym | None, asked: AttestRequest) -> Attested:
    if pseudonym is None:
        raise HTTPException(405)
    now = reader.clock()
    principals = dict.fromkeys(map(pseudonym, asked.people), asked.on or now.date())
    with reader.database.write() as conn:
        return attest(conn, asked.version, principals, asked.by, now)


def _version(one: PolicyVersion, attestations: int) -> PolicyVersionDocument:
    values = {name: getattr(one, name) for name in _VERSION_FIELDS}
    return PolicyVersionDocument(**values, attestations=attestations)
