"""The commands around bundles and own vendor files, as an administrator runs them."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from api.cli.app import app, guarded
from tests.signatures.catalogue_files import vendor_text

EXAMPLES = [{"host": "a.example.org", "tool": "chat"}, {"host": "near.example.net", "tool": ""}]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., SimpleNamespace]:
    monkeypatch.setenv("SKIAGRAM_DATA_DIRECTORY", str(tmp_path / "data"))
    monkeypatch.setenv("SKIAGRAM_CACHE_DIRECTORY", str(tmp_path / "cache"))
    monkeypatch.setenv("SKIAGRAM_CONFIG", str(tmp_path / "skiagram.toml"))
    (tmp_path / "skiagram.toml").write_text("", "utf-8")

    def command(*arguments: str, given: str = "", code: int = 0) -> SimpleNamespace:
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        capsys.readouterr()
        assert guarded(lambda: app(["catalog", *arguments], prog_name="skiagram")) == code
        out, err = capsys.readouterr()
        return SimpleNamespace(stdout=out, stderr=err)

    return command


def test_a_bundle_from_the_key_to_going_back(run: Callable[..., SimpleNamespace], tmp_path: Path) -> None:
    vendors = tmp_path / "vendors"
    vendors.mkdir()
    text = vendor_text("acme", {"chat": [("domain", "a.example.org")]}, examples=EXAMPLES)
    (vendors / "acme.toml").write_text(text.replace("2026-11-01", "2099-01-01", 1), "utf-8")
    key, bundle = str(tmp_path / "our.key"), str(tmp_path / "one.skb")
    run("keygen", key)
    run("pack", "--key", key, "--out", bundle, "--from", str(vendors), "--version", "2099.1")
    refused = run("install", bundle, code=4)
    assert "not trusted here" in refused.stderr
    assert "stays as it was" in refused.stderr
    trusted = tmp_path / "data" / "trusted-keys"
    trusted.mkdir(parents=True)
    (trusted / "our.pub").write_bytes((tmp_path / "our.pub").read_bytes())
    assert json.loads(run("verify", bundle, "--json").stdout)["version"] == "2099.1"
    run("install", bundle)
    assert "bundle 2099.1" in run("installed").stdout
    found = json.loads(run("match", given="a.example.org\n").stdout)
    assert found["signature"] == "chat:domain:a.example.org"
    own = tmp_path / "data" / "catalogue"
    own.mkdir()
    (own / "acme.toml").write_text(
        'id = "acme"\nextends = true\nchecked_on = 2026-11-01\n[[suppress]]\n'
        'signature = "chat:domain:a.example.org"\nreason = "ours"\n[[tools]]\nid = "chat"\n'
        '[[tools.signatures]]\nkind = "host"\nvalue = "b.example.org"\nsurface = "use"\nsource = "https://w.example"\n',
        "utf-8",
    )
    lines = run("match", given="a.example.org\nb.example.org\n").stdout.splitlines()
    assert [json.loads(line)["tool"] for line in lines] == [None, "chat"]
    assert "host b.example.org (use; https://w.example; local)" in run("show", "chat").stdout
    run("rollback")  # the file of the organisation now extends a vendor that the program does not ship
    assert "no earlier folder has" in run("match", given="a.example.org\n", code=4).stderr
