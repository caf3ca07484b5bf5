"""Make workplaces that share a catalogue of one vendor and a few formats: reading all of both costs a second."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from api.settings import Settings
from api.workplace import Workplace
from scanner.spec import read_formats
from signatures.catalogue import default_directory, load_catalogue


def open_once(folder: Path, formats: tuple[str, ...]) -> Workplace:
    """Return a workplace for `workplace_like` to copy: one vendor, and the formats whose ids begin so."""
    vendors = folder / "vendors"
    vendors.mkdir()
    shutil.copy(default_directory() / "openai.toml", vendors)
    place = Workplace(Settings(data_directory=folder))
    place.__dict__["catalogue"] = load_catalogue([vendors])
    place.__dict__["formats"] = tuple(spec for spec in read_formats([]) if spec.id.startswith(formats))
    _ = place.matcher, place.weights
    place.database.close()  # which was made just now, to be copied
    return place


def workplace_like(opened: Workplace, folder: Path) -> Iterator[Workplace]:
    """Yield a workplace with a database of its own, and close it."""
    (folder / "data").mkdir(mode=0o700)
    shutil.copy(opened.settings.data_directory / "skiagram.db", folder / "data")
    made = Workplace(Settings(data_directory=folder / "data"))
    for name in ("catalogue", "matcher", "weights", "formats"):
        made.__dict__[name] = getattr(opened, name)
    yield made
    made.database.close()
