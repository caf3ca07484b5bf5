"""Fuzz one target, guided by coverage: python -m tests.fuzz TARGET CORPUS_FOLDER [libFuzzer options]."""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["scanner", "signatures"]):
    from tests.fuzz.targets import targets, write_corpus


def main() -> None:
    """Run the target named on the command line; a crash is written next to the corpus."""
    name, folder, *options = sys.argv[1:]
    write_corpus(name, Path(folder))
    arguments = [sys.argv[0], folder, f"-artifact_prefix={folder}.", *options]
    atheris.Setup(arguments, targets()[name])
    atheris.Fuzz()


main()
