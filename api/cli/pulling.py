"""`skiagram pull`: fetch identity logs from a vendor's interface and scan them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import AsJson, Database

if TYPE_CHECKING:
    from api.pulling.run import Pulled
    from api.pulling.settings import PullSettings
    from api.settings import Settings


def pull(
    vendor: Annotated[str, typer.Argument(help="okta, graph (Microsoft) or google.")],
    name: Annotated[
        str | None,
        typer.Option("--name", help="Only the pull of this name in the settings; or name a new one."),
    ] = None,
    url: Annotated[str | None, typer.Option("--url", help="Address, as https://hospital.okta.com.")] = None,
    secret_file: Annotated[
        Path | None, typer.Option("--secret-file", help="File with the secret, mode 0600.")
    ] = None,
    secret_env: Annotated[
        str | None, typer.Option("--secret-env", metavar="NAME", help="Environment variable with the secret.")
    ] = None,
    client_id: Annotated[str | None, typer.Option("--client-id", help="Application (client) id.")] = None,
    tenant: Annotated[str | None, typer.Option("--tenant", help="Microsoft Entra tenant.")] = None,
    subject: Annotated[
        str | None, typer.Option("--subject", help="Google administrator to read in the name of.")
    ] = None,
    stream: Annotated[
        list[str] | None, typer.Option("--stream", help="Only this log; may be repeated.")
    ] = None,
    first_days: Annotated[
        int | None, typer.Option("--first-days", min=1, max=180, help="How far back the first pull goes.")
    ] = None,
    ca_file: Annotated[
        Path | None, typer.Option("--ca-file", help="Certificates of a private authority.")
    ] = None,
    proxy: Annotated[str | None, typer.Option("--proxy", help="Web proxy, as http://proxy:3128.")] = None,
    db: Database = None,
    as_json: AsJson = False,
) -> None:
    """Pull identity logs from Okta, Microsoft Graph or Google Workspace, and scan them.

    Without options, the pulls of this vendor in the settings ([[pulls]]) are done. What was pulled before is not
    counted again; late records of the last two days are looked for. Secrets come from a file or an environment
    variable, never from the command line.

    Example: skiagram pull okta --url https://hospital.okta.com --secret-file /etc/skiagram/okta.token
    """
    from api.cli.options import workplace
    from api.cli.output import note, print_json
    from api.pulling.run import pull as run_pulls

    place = workplace(db)
    given = {
        "base_url": url,
        "secret_file": secret_file,
        "secret_env": secret_env,
        "client_id": client_id,
        "tenant": tenant,
        "subject": subject,
        "streams": stream or None,
        "first_days": first_days,
        "ca_file": ca_file,
        "proxy": proxy,
    }
    given = {key: value for key, value in given.items() if value is not None}
    pulls = _chosen(place.settings, vendor, name, given)
    pulled, result = run_pulls(place, pulls)
    if as_json:
        print_json(
            {"pulls": [_document(one) for one in pulled], "scan": result.scan_id, "status": result.status}
        )
    else:
        for one in pulled:
            _print(one)
        print(f"Tools in the feed: {len(result.feed)}; see them with: skiagram tools")
    problems = [problem for one in pulled for problem in one.problems]
    for problem in problems:
        note(problem)
    for outcome in result.unread:
        note(f"{outcome.status}: {outcome.label}: {outcome.message or ''}")
    if problems or result.status != "ok":
        raise typer.Exit(3)


def _chosen(
    settings: "Settings", vendor: str, name: str | None, given: dict[str, Any]
) -> "list[PullSettings]":
    from typing import get_args

    from pydantic import ValidationError

    from api.pulling.errors import PullUnknown
    from api.pulling.settings import PullSettings
    from api.pulling.streams import Vendor

    vendors = get_args(Vendor)
    if vendor not in vendors:
        raise typer.BadParameter(
            f"{vendor!r} is no vendor; use one of {', '.join(vendors)}", param_hint="VENDOR"
        )
    known = [one for one in settings.pulls if one.vendor == vendor and name in (None, one.name)]
    if not known and not given:
        told = f"called {name!r} " if name else ""
        raise PullUnknown(
            f"no pull from {vendor} {told}is in the settings; add [[pulls]] (docs/pulling.md), or say --url, "
            "--secret-file and what else the vendor needs"
        )
    try:
        if known:
            return [
                PullSettings.model_validate({**one.model_dump(exclude_unset=True), **given}) for one in known
            ]
        return [PullSettings.model_validate({"name": name or vendor, "vendor": vendor, **given})]
    except ValidationError as problem:
        error = problem.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in error["loc"])
        said = str(error["msg"]).removeprefix("Value error, ")
        raise typer.BadParameter(f"{where}: {said}" if where else said, param_hint=f"pull {vendor}") from None


def _print(one: "Pulled") -> None:
    for stream in one.fetched:
        through = "not yet" if stream.through is None else f"up to {stream.through:%Y-%m-%d %H:%M} UTC"
        if stream.stream.snapshot:
            through = "as it is now"
        again = f", {stream.repeated:,} had come before" if stream.repeated else ""
        state = "" if stream.message is None else ", stopped early"
        print(
            f"{one.settings.name}, {stream.stream.title}: {stream.records:,} new records {through}{again}{state}"
        )


def _document(one: "Pulled") -> dict[str, Any]:
    return {
        "name": one.settings.name,
        "vendor": one.settings.vendor,
        "problems": list(one.problems),
        "streams": [
            {
                "stream": stream.stream.id,
                "new": stream.records,
                "repeated": stream.repeated,
                "through": None if stream.through is None else stream.through.isoformat(),
                "problem": stream.message,
            }
            for stream in one.fetched
        ],
    }
