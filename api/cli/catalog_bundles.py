"""`skiagram catalog pack|verify|install|installed|rollback|keygen`: carry a catalogue to where no internet is."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import AsJson

if TYPE_CHECKING:
    from signatures.bundles import Bundle


def register(catalog: typer.Typer) -> None:
    """Add the commands."""
    for command in (keygen, pack, verify, install, installed, rollback):
        catalog.command()(command)


def keygen(
    file: Annotated[Path, typer.Argument(help="File for the private key; the public one is put beside it.")],
) -> None:
    """Make a key to sign bundles with.

    Example: skiagram catalog keygen catalogue.key
    """
    from api.cli.output import note
    from signatures.signing import make_key

    public, name = make_key(file)
    print(public)
    note(f"key {name}: keep {file} secret; give {public} to those who shall trust your bundles")


def pack(
    key: Annotated[Path, typer.Option("--key", help="Private key made by keygen.")],
    out: Annotated[Path, typer.Option("--out", help="Bundle to write, for example catalogue-2026-11.skb.")],
    folder: Annotated[
        Path | None, typer.Option("--from", help="Folder with vendor files; the program's own if left out.")
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", help="Numbers with dots; today, like 2026.11.22, if left out.")
    ] = None,
    created: Annotated[
        datetime | None, typer.Option("--created", formats=["%Y-%m-%d"], help="Today if left out.")
    ] = None,
) -> None:
    """Pack vendor files into one signed file; the same files, version and day give the same bytes.

    Example: skiagram catalog pack --key catalogue.key --out catalogue-2026-11.skb
    """
    from api.cli.output import note
    from api.workplace import now
    from signatures.bundles import pack as packed
    from signatures.catalogue import default_directory, vendor_contents
    from signatures.errors import BundleRefused
    from signatures.lint import errors_of, lint_directories

    source = folder or default_directory()
    day = created.date() if created else now().date()
    errors = errors_of(lint_directories([source]))
    if errors:
        raise BundleRefused(source, f"has {len(errors)} errors, the first: {errors[0]}", "correct them first")
    files = dict(vendor_contents(source))
    content = packed(files, key, version or day.strftime("%Y.%m.%d"), day)
    part = out.with_name(f".{out.name}.part")
    part.write_bytes(content)
    part.replace(out)
    note(f"wrote {out}: {len(files)} vendor files, {len(content):,} bytes")


def verify(
    file: Annotated[Path, typer.Argument(help="Bundle.")],
    trusted: Annotated[
        list[Path] | None,
        typer.Option("--trusted", help="Public keys or folders of them; the settings' if left out."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check signature and content of a bundle, and change nothing."""
    from api.cli.output import print_json

    bundle = _opened(file, trusted)
    manifest = bundle.manifest
    if as_json:
        print_json(
            {
                "version": manifest.version,
                "created": manifest.created.isoformat(),
                "edition": manifest.edition.isoformat(),
                "schema": manifest.schema,
                "files": len(manifest.files),
                "key": bundle.key,
            }
        )
    else:
        print(
            f"{file}: good; version {manifest.version} of {manifest.created}, {len(manifest.files)} vendor files"
        )
        print(f"signed by trusted key {bundle.key}; newest entry checked on {manifest.edition}")


def install(
    file: Annotated[Path, typer.Argument(help="Bundle.")],
    trusted: Annotated[
        list[Path] | None,
        typer.Option("--trusted", help="Public keys or folders of them; the settings' if left out."),
    ] = None,
    allow_older: Annotated[
        bool, typer.Option("--allow-older", help="Also if it is older than what is in force.")
    ] = False,
) -> None:
    """Put a bundle in the place of the shipped catalogue; your own vendor files stay and go on outranking it."""
    from api.catalogues import bundle_store, local_folders
    from api.cli.output import note
    from api.settings import load_settings
    from api.workplace import now
    from signatures.errors import SignaturesError

    settings = load_settings()
    store = bundle_store(settings)
    try:
        bundle = _opened(file, trusted)
        new = store.install(bundle, local_folders(settings), now(), allow_older=allow_older)
    except SignaturesError as problem:
        store.refused(now(), str(problem))
        note("skiagram: not installed; the catalogue in force stays as it was")
        raise
    note(f"catalogue {new.version} of {new.created} is in force; go back with: skiagram catalog rollback")


def installed(as_json: AsJson = False) -> None:
    """Print which catalogue is in force, and which can be gone back to."""
    from api.catalogues import bundle_store, catalogue_folders
    from api.cli.output import print_json
    from api.settings import load_settings

    settings = load_settings()
    folders = catalogue_folders(settings)
    known = bundle_store(settings).installations()
    if as_json:
        print_json(
            {
                "base": str(folders.base.directory),
                "bundle": folders.base.bundle.version if folders.base.bundle else None,
                "local": [str(folder) for folder in folders.local],
                "installed": [
                    {
                        "version": one.version,
                        "created": one.created.isoformat(),
                        "edition": one.edition.isoformat(),
                        "key": one.key,
                        "installed": one.installed.astimezone(UTC).isoformat(),
                        "in_force": one == folders.base.bundle,
                    }
                    for one in known
                ],
            }
        )
        return
    if folders.base.bundle:
        one = folders.base.bundle
        print(
            f"in force: bundle {one.version} of {one.created}, installed {one.installed:%Y-%m-%d}, key {one.key}"
        )
    else:
        print("in force: the catalogue that came with the program")
    if folders.base.outdated:
        print(
            f"not used: bundle {folders.base.outdated.version}; the program has brought a newer catalogue since"
        )
    for one in known[1:]:
        print(f"before: bundle {one.version} of {one.created}")
    for folder in folders.local:
        print(f"your own, over it: {folder}")


def rollback() -> None:
    """Go back to the catalogue that was in force before the last installation."""
    from api.catalogues import bundle_store
    from api.cli.output import note
    from api.settings import load_settings
    from api.workplace import now

    base = bundle_store(load_settings()).rollback(now())
    what = f"bundle {base.bundle.version}" if base.bundle else "the catalogue that came with the program"
    note(f"in force: {what}")


def _opened(file: Path, trusted: list[Path] | None) -> "Bundle":
    from api.catalogues import trusted_places
    from api.settings import load_settings
    from signatures.bundles import open_bundle
    from signatures.signing import trusted_keys

    return open_bundle(file, trusted_keys(trusted or trusted_places(load_settings())))
