"""A bundle is installed only if everything about it is right; otherwise what was in force stays in force."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from signatures import bundles, installed
from signatures.bundles import Bundle, open_bundle, pack
from signatures.catalogue import default_directory, load_catalogue
from signatures.errors import BundleRefused, KeyUnusable
from signatures.installed import BundleStore
from signatures.signing import key_id, make_key, private_key, sign, trusted_keys
from tests.signatures.catalogue_files import vendor_text

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = date(2026, 11, 20)
EXAMPLES = [{"host": "a.example.org", "tool": "chat"}, {"host": "near.example.net", "tool": ""}]
TEXT = vendor_text("acme", {"chat": [("domain", "a.example.org")]}, examples=EXAMPLES).encode()
Write = Callable[..., Path]


@pytest.fixture
def key(tmp_path: Path) -> Path:
    make_key(tmp_path / "our.key")
    return tmp_path / "our.key"


@pytest.fixture
def trusted(key: Path) -> dict[str, object]:
    return trusted_keys([key.with_suffix(".pub")])


@pytest.fixture
def write(tmp_path: Path, key: Path) -> Write:
    def written(version: str = "2026.11", files: dict[str, bytes] | None = None, by: Path = key) -> Path:
        path = tmp_path / f"{version}.skb"
        path.write_bytes(pack(files or {"acme.toml": TEXT}, by, version, DAY))
        return path

    return written


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BundleStore:
    monkeypatch.setattr(installed, "_shipped_edition", lambda: date(2026, 10, 1))
    return BundleStore(tmp_path / "data" / "bundles")


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Change the members of an archive."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def signed_manifest(path: Path, key: Path, change: Callable[[dict[str, object]], None]) -> Path:
    """Change the manifest of a bundle and sign it anew, as a careless or hostile holder of the key could."""

    def altered(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        change(manifest)
        content = members["manifest.json"] = json.dumps(manifest).encode()
        private = private_key(key)
        signature = {
            "key": key_id(private.public_key()),
            "signature": b64encode(sign(private, content)).decode(),
        }
        members["manifest.sig"] = json.dumps(signature).encode()

    return rewritten(path, altered)


def test_the_same_input_gives_the_same_bytes_in_any_order(key: Path) -> None:
    files = {f"v{number}.toml": TEXT for number in range(20)}
    backwards = dict(reversed(files.items()))
    assert pack(files, key, "1.2", DAY) == pack(backwards, key, "1.2", DAY)


def test_a_private_key_is_closed_to_others_and_never_replaced(tmp_path: Path, key: Path) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    with pytest.raises(KeyUnusable, match="exists already"):
        make_key(key)
    (tmp_path / "no.key").write_text("nothing", "utf-8")
    with pytest.raises(KeyUnusable, match="no private key"):
        private_key(tmp_path / "no.key")
    with pytest.raises(KeyUnusable, match="no public key"):
        trusted_keys([key])


def test_install_and_rollback(
    store: BundleStore, write: Write, trusted: dict[str, object], tmp_path: Path
) -> None:
    assert store.base().directory == default_directory()
    first = store.install(open_bundle(write("2026.11"), trusted), (), AT)
    assert store.base().bundle == first
    assert set(load_catalogue([store.base().directory]).tools) == {"chat"}
    second = store.install(open_bundle(write("2026.12"), trusted), (), AT)
    assert [one.version for one in store.installations()] == ["2026.12", "2026.11"]
    assert store.base().bundle == second
    assert store.rollback(AT).bundle == first
    assert store.rollback(AT).directory == default_directory()
    with pytest.raises(BundleRefused, match="nothing to go back from"):
        store.rollback(AT)
    folder = tmp_path / "data" / "bundles"
    assert [path for path in folder.iterdir() if path.is_dir()] == []
    assert len((folder / "install.log").read_text("utf-8").splitlines()) == 4


def test_version_ten_is_newer_than_nine_and_older_ones_need_a_flag(
    store: BundleStore, write: Write, trusted: dict[str, object]
) -> None:
    store.install(open_bundle(write("2026.9"), trusted), (), AT)
    ten = store.install(open_bundle(write("2026.10"), trusted), (), AT)
    with pytest.raises(BundleRefused, match=r"older than the installed 2026\.10"):
        store.install(open_bundle(write("2026.9.1"), trusted), (), AT)
    assert store.base().bundle == ten
    older = store.install(open_bundle(write("2026.9.1"), trusted), (), AT, allow_older=True)
    assert store.base().bundle == older


def test_a_program_with_a_newer_catalogue_takes_over(
    store: BundleStore, write: Write, trusted: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    new = store.install(open_bundle(write(), trusted), (), AT)
    monkeypatch.setattr(installed, "_shipped_edition", lambda: date(2027, 1, 1))
    base = store.base()
    assert (base.directory, base.bundle, base.outdated) == (default_directory(), None, new)
    with pytest.raises(BundleRefused, match="program's own catalogue on 2027-01-01"):
        store.install(open_bundle(write(), trusted), (), AT)
    forced = store.install(open_bundle(write(), trusted), (), AT, allow_older=True)
    assert store.base().bundle == forced


def test_a_bundle_with_faults_in_its_files_is_refused(
    store: BundleStore, write: Write, trusted: dict[str, object], tmp_path: Path
) -> None:
    good = store.install(open_bundle(write("1"), trusted), (), AT)
    broad = TEXT.replace(b"a.example.org", b"google.com")
    twice = TEXT.replace(b'id = "acme"', b'id = "other"')
    for files, said in (
        ({"acme.toml": broad}, "too broad"),
        ({"acme.toml": TEXT, "other.toml": twice}, "tool id 'chat' is already used"),
        ({"acme.toml": TEXT.replace(b"[[tools]]", b"[[tools")}, "not valid TOML"),
    ):
        with pytest.raises(BundleRefused, match=said):
            store.install(open_bundle(write("2", files), trusted), (), AT)
        assert store.base().bundle == good
    local = tmp_path / "local"
    local.mkdir()
    (local / "gone.toml").write_text('id = "gone"\nextends = true\nchecked_on = 2026-11-01\n', "utf-8")
    with pytest.raises(BundleRefused, match="vendor files of your own"):
        store.install(open_bundle(write("3"), trusted), (local,), AT)
    assert store.base().bundle == good
    assert {path.name for path in (tmp_path / "data" / "bundles").iterdir() if path.is_dir()} == {good.folder}


def test_what_was_changed_after_signing_is_refused(write: Write, trusted: dict[str, object]) -> None:
    def other_file(members: dict[str, bytes]) -> None:
        members["vendors/acme.toml"] = TEXT.replace(b"a.example.org", b"b.example.org")

    def other_manifest(members: dict[str, bytes]) -> None:
        members["manifest.json"] = members["manifest.json"].replace(b"2026.11", b"2099.11")

    def more(members: dict[str, bytes]) -> None:
        members["vendors/more.toml"] = TEXT

    def less(members: dict[str, bytes]) -> None:
        del members["vendors/acme.toml"]

    def outside(members: dict[str, bytes]) -> None:
        members["../evil.toml"] = TEXT

    def unsigned(members: dict[str, bytes]) -> None:
        del members["manifest.sig"]

    def bad_signature(members: dict[str, bytes]) -> None:
        members["manifest.sig"] = b"[" * 4000

    for change, said in (
        (other_file, "not the one signed"),
        (other_manifest, "was changed after key"),
        (more, "does not name"),
        (less, "lacks vendors/acme"),
        (outside, "does not name"),
        (unsigned, "lacks manifest.sig"),
        (bad_signature, "cannot be read"),
    ):
        with pytest.raises(BundleRefused, match=said):
            open_bundle(rewritten(write(), change), trusted)


def test_a_trusted_key_cannot_write_outside_or_fill_the_disk(
    write: Write, trusted: dict[str, object], key: Path
) -> None:
    digest = sha256(TEXT).hexdigest()

    def outside(manifest: dict[str, object]) -> None:
        manifest["files"] = {"../../evil.toml": {"size": len(TEXT), "sha256": digest}}

    def huge(manifest: dict[str, object]) -> None:
        manifest["files"] = {"acme.toml": {"size": 1 << 40, "sha256": digest}}

    def newer(manifest: dict[str, object]) -> None:
        manifest["schema"] = bundles.SCHEMA_VERSION + 1
        manifest["surprise"] = True

    def version(manifest: dict[str, object]) -> None:
        manifest["version"] = "../../1"

    for change, said in (
        (outside, "no name of a vendor file|does not name"),
        (huge, "says that acme.toml has"),
        (newer, "upgrade Skiagram first"),
        (version, "not numbers with dots"),
    ):
        with pytest.raises(BundleRefused, match=said):
            open_bundle(signed_manifest(write(), key, change), trusted)


def test_a_compression_bomb_is_read_no_further_than_its_stated_size(
    write: Write, trusted: dict[str, object]
) -> None:
    def bomb(members: dict[str, bytes]) -> None:
        members["vendors/acme.toml"] = bytes(64 << 20)

    with pytest.raises(BundleRefused, match="larger than allowed"):
        open_bundle(rewritten(write(), bomb), trusted)


def test_links_folders_and_repeated_names_are_refused(write: Write, trusted: dict[str, object]) -> None:
    path = write()
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}

    def with_mode(mode: int, twice: bool = False) -> Path:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, content in members.items():
                entry = zipfile.ZipInfo(name)
                entry.external_attr = (mode if name.endswith(".toml") else 0o100644) << 16
                archive.writestr(entry, content)
            if twice:
                with pytest.warns(UserWarning, match="Duplicate name"):
                    archive.writestr("manifest.json", b"{}")
        path.write_bytes(out.getvalue())
        return path

    with pytest.raises(BundleRefused, match="as a link"):
        open_bundle(with_mode(0o120777), trusted)
    with pytest.raises(BundleRefused, match="twice"):
        open_bundle(with_mode(0o100644, twice=True), trusted)


def test_another_key_is_not_trusted(write: Write, trusted: dict[str, object], tmp_path: Path) -> None:
    make_key(tmp_path / "their.key")
    with pytest.raises(BundleRefused, match="not trusted here"):
        open_bundle(write(by=tmp_path / "their.key"), trusted)
    with pytest.raises(BundleRefused, match="not trusted here"):
        open_bundle(write(), {})


def test_any_cut_or_flipped_byte_is_refused_or_changes_nothing(
    write: Write, trusted: dict[str, object]
) -> None:
    path = write()
    whole = path.read_bytes()
    wanted = open_bundle(path, trusted).files
    for at in range(0, len(whole), 7):
        for harmed in (whole[:at], whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1 :]):
            path.write_bytes(harmed)
            try:
                found: Bundle = open_bundle(path, trusted)
            except BundleRefused:
                continue
            assert found.files == wanted


def test_a_kill_between_writing_and_switching_leaves_the_old_one(
    store: BundleStore, write: Write, trusted: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = store.install(open_bundle(write("1"), trusted), (), AT)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(BundleStore, "_point", killed)
        with pytest.raises(KeyboardInterrupt):
            store.install(open_bundle(write("2"), trusted), (), AT)
    assert store.base().bundle == first
    third = store.install(open_bundle(write("3"), trusted), (), AT)
    assert store.base().bundle == third


def test_a_damaged_record_says_what_to_do(
    store: BundleStore, write: Write, trusted: dict[str, object], tmp_path: Path
) -> None:
    store.install(open_bundle(write(), trusted), (), AT)
    pointer = tmp_path / "data" / "bundles" / "in-force.json"
    good = pointer.read_text("utf-8")
    for content in ("{", good.replace('"folder": "2026', '"folder": "../2026'), "[" * 100_000):
        pointer.write_text(content, "utf-8")
        with pytest.raises(BundleRefused, match="remove it and install the bundle again"):
            store.base()
