"""`skiagram config`: the settings in force and where each came from."""

import typer

from api.cli.options import AsJson

config = typer.Typer(help="Show the settings in force.", rich_markup_mode=None)
_SECRET = {"database", "channels"}


@config.callback()
def _config() -> None:
    """Show the settings in force."""


@config.command()
def show(as_json: AsJson = False) -> None:
    """Print every setting with its origin; addresses with passwords are masked."""
    from api.cli.output import print_json, table
    from api.origins import origin_of
    from api.settings import Settings, load_settings

    settings = load_settings()
    rows = [
        {
            "setting": name,
            "value": _masked(name, getattr(settings, name)),
            "origin": origin_of(name),
            "meaning": field.description or "",
        }
        for name, field in Settings.model_fields.items()
    ]
    if as_json:
        print_json(rows)
    else:
        table(
            (("setting", "left"), ("value", "left"), ("from", "left"), ("meaning", "left")),
            [[row["setting"], row["value"], row["origin"], row["meaning"]] for row in rows],
        )


def _masked(name: str, value: object) -> str:
    if name == "channels" and isinstance(value, dict):
        return ", ".join(f"{channel}: ***" for channel in value) or "none"
    if name in _SECRET and isinstance(value, str):
        import re

        return re.sub(r"://([^:@/]+):[^@]*@", r"://\1:***@", value)
    return str(value)
