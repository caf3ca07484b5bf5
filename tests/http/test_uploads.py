"""Files sent to the service are scanned like any other, leave nothing behind, and cannot hurt it."""

from __future__ import annotations

import errno
import fcntl
import gzip
import http.client
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import uploads as uploads_module
from api.http.app import create_app
from api.serve import address_of, listen, server_of
from api.settings import Settings
from api.uploads import Uploads, label_of
from api.workplace import Workplace, now
from storage.audit import rows
from storage.scanlock import scan_lock
from tests.command_line import give_database, variables

LINE = (
    "{time}.000     84 10.20.4.17 TCP_TUNNEL/200 5120 CONNECT {host}:443 arivera HIER_DIRECT/203.0.113.9 -\n"
)
LOG = "".join(
    LINE.format(time=1793606400 + n, host=host)
    for n, host in enumerate(["chatgpt.com", "www.example.org", "chatgpt.com"] * 5)
).encode()


@pytest.fixture
def uploads(tmp_path: Path, empty_database: Path) -> Iterator[Uploads]:
    give_database(tmp_path, empty_database)
    place = Workplace(Settings(data_directory=tmp_path / "data"))
    yield Uploads(place, tmp_path / "data" / "uploads", 1 << 20, wait_seconds=0.0)
    place.database.close()


@pytest.fixture
def client(uploads: Uploads) -> Iterator[TestClient]:
    place = uploads.place
    app = create_app(
        database=place.database, catalogue=place.catalogue, weights=place.weights, clock=now, uploads=uploads
    )
    uploads.clean()
    yield TestClient(app, base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False)
    assert list(uploads.folder.glob("*")) == []


def test_a_body_is_scanned_once_and_gone(client: TestClient, uploads: Uploads) -> None:
    answer = client.post("/api/v1/uploads?name=../../etc/main%0Aproxy.log&source=Main%20proxy", content=LOG)
    assert answer.status_code == 200
    document = answer.json()
    assert document["status"] == "ok"
    assert [(f["file"], f["format"], f["status"], f["lines"]) for f in document["this_scan"]["files"]] == [
        ("upload main_proxy.log", "squid", "ok", 15)
    ]
    assert [tool["id"] for tool in document["tools"]] == ["chatgpt"]
    events = document["tools"][0]["events"]
    assert [source["source"] for source in document["coverage"]] == ["Main proxy"]
    # The same content again, compressed and under another name, changes nothing.
    again = client.post("/api/v1/uploads?name=other.gz", content=gzip.compress(LOG)).json()
    assert again["this_scan"]["files"][0]["status"] == "already_read"
    assert again["tools"][0]["events"] == events
    assert stat.S_IMODE(uploads.folder.stat().st_mode) == 0o700
    with uploads.place.database.read() as conn:
        found = [(row.actor, row.subject) for row in rows(conn) if row.action == "upload"]
    assert ("local user", "upload main_proxy.log") in found


def test_the_form_leads_to_the_scan(client: TestClient) -> None:
    page = client.get("/scans").text
    assert 'enctype="multipart/form-data"' in page
    answer = client.post(
        "/uploads",
        files={"file": ("<b>x.log", LOG + b"no line\n")},
        data={"source": "By hand", "format": "squid"},
        headers={"origin": "null", "sec-fetch-site": "same-origin"},
    )
    assert answer.status_code == 303
    shown = client.get(answer.headers["location"]).text
    assert "upload _b_x.log" in shown
    assert "<b>x" not in shown
    assert client.post("/uploads", content=LOG).status_code == 415


def test_what_cannot_be_read_is_said(client: TestClient) -> None:
    document = client.post("/api/v1/uploads?name=odd", content=b"nothing anybody knows\n" * 20).json()
    assert document["status"] == "partial"
    assert document["this_scan"]["files"][0]["status"] == "unread"
    assert "no format recognises" in document["this_scan"]["files"][0]["message"]
    bomb = client.post("/api/v1/uploads", content=b"PK\x03\x04" + b"\0" * 400).json()
    assert bomb["this_scan"]["files"][0]["status"] == "unread"
    assert (
        client.post("/api/v1/uploads", content=b"").json()["this_scan"]["files"][0]["message"] == "empty file"
    )
    missing = client.post("/api/v1/uploads?format=nosuch", content=LOG)
    assert missing.status_code == 422
    assert missing.json()["errors"][0]["parameter"] == "format"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://localhost"},
    ],
)
def test_pages_of_other_sites_cannot_send(client: TestClient, headers: dict[str, str]) -> None:
    for address in ("/api/v1/uploads", "/uploads"):
        sent: dict[str, Any] = {"files": {"file": ("x", LOG)}}
        assert client.post(address, headers=headers, **sent).status_code == 403


def test_only_this_address_takes_more_than_a_little(client: TestClient, uploads: Uploads) -> None:
    body = LOG * 200
    assert client.post("/api/v1/tools", content=body).status_code == 413
    assert client.post("/api/v1/uploads", content=body).status_code == 200
    too_large = client.post("/api/v1/uploads", content=b"x" * (uploads.largest + 1))
    assert too_large.status_code == 413
    assert too_large.headers["content-type"] == "application/problem+json"

    def unannounced() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * (64 << 10)

    assert client.post("/api/v1/uploads", content=unannounced()).status_code == 413
    wrong = client.get("/api/v1/uploads")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    assert client.get("/api/openapi.json").json()["paths"]["/api/v1/uploads"]["post"]["summary"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x\r\n",
        b'--x\r\nContent-Disposition: form-data; name="source"\r\n\r\n' + b"y" * 600 + b"\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="source"\r\n\r\na\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\ncut of',
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n1\r\n' * 2 + b"--x--\r\n",
        b"--x\r\nno header at all",
    ],
)
def test_forms_that_are_none_are_refused(client: TestClient, body: bytes) -> None:
    answer = client.post(
        "/api/v1/uploads", content=body, headers={"content-type": "multipart/form-data; boundary=x"}
    )
    assert answer.status_code == 422


def test_a_full_disk_is_said(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    class FullDisk:
        def __init__(self, file: Any) -> None:
            self.file = file

        def write(self, data: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def __enter__(self) -> FullDisk:
            return self

        def __exit__(self, *fault: object) -> None:
            self.file.close()

    really = os.fdopen
    monkeypatch.setattr(uploads_module.os, "fdopen", lambda *a, **k: FullDisk(really(*a, **k)))
    answer = client.post("/api/v1/uploads", content=LOG)
    assert answer.status_code == 507
    assert "disk of this service is full" in answer.json()["detail"]


def test_two_at_once_are_both_scanned_and_another_scan_is_waited_for(
    client: TestClient, uploads: Uploads
) -> None:
    answers: list[int] = []

    def send(number: int) -> None:
        answers.append(
            client.post(
                "/api/v1/uploads", content=LOG + LINE.format(time=number, host="a.b").encode()
            ).status_code
        )

    senders = [threading.Thread(target=send, args=(1793607000 + number,)) for number in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert answers == [200, 200, 200]
    with scan_lock(uploads.place.database):
        assert client.post("/api/v1/uploads", content=LOG).status_code == 503


def test_names_are_made_harmless() -> None:
    assert label_of("") == label_of("../..") == "upload"
    for name in ("a\nb", "..\\..\\x", "\x1b[31mred", "=cmd()", "a" * 500, "x\u202egol"):
        label = label_of(name)
        assert label.startswith("upload ")
        assert label.isprintable()
        assert "/" not in label
        assert "\\" not in label
        assert len(label) < 140


def test_leftovers_of_a_killed_service_are_removed_and_live_ones_kept(uploads: Uploads) -> None:
    uploads.clean()
    left = uploads.folder / "dead.upload"
    left.write_bytes(LOG)
    with (uploads.folder / "live.upload").open("wb") as live:
        fcntl.flock(live, fcntl.LOCK_EX)
        uploads.clean()
        assert not left.exists()
        assert Path(live.name).exists()
    uploads.clean()
    assert list(uploads.folder.glob("*")) == []


@pytest.mark.full
@pytest.mark.network
def test_service_killed_in_the_middle_of_an_upload_cleans_up_when_it_starts_again(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"

    def serve() -> tuple[subprocess.Popen[str], int]:
        process = subprocess.Popen(
            [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", "0"],
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=Path(__file__).parents[2],
            env=variables(tmp_path, {"SKIAGRAM_DATA_DIRECTORY": str(tmp_path)}),
        )
        assert process.stderr is not None
        for line in process.stderr:
            if "127.0.0.1:" in line:
                return process, int(line.split("127.0.0.1:")[1].split("/")[0])
        raise AssertionError("did not start")

    def until(condition: Callable[[], object]) -> None:
        end = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < end
            time.sleep(0.05)

    process, port = serve()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.putrequest("POST", "/api/v1/uploads")
    connection.putheader("content-length", "1000000")
    connection.endheaders(LOG)
    until(lambda: [path for path in folder.glob("*.upload") if path.stat().st_size])
    # A client that goes away in the middle leaves nothing behind.
    connection.close()
    until(lambda: not list(folder.glob("*.upload")))
    connection.putrequest("POST", "/api/v1/uploads")
    connection.putheader("content-length", "1000000")
    connection.endheaders(LOG)
    until(lambda: list(folder.glob("*.upload")))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    connection.close()
    assert len(list(folder.glob("*.upload"))) == 1
    process, port = serve()
    try:
        assert list(folder.glob("*.upload")) == []
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", "/api/v1/uploads?name=a.log", LOG)
        with connection.getresponse() as answer:
            assert answer.status == 200
        connection.close()
    finally:
        process.terminate()
        process.communicate()


@pytest.mark.full
@pytest.mark.browser
@pytest.mark.network
def test_a_browser_sends_the_form(uploads: Uploads, chromium_path: str, tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    place = uploads.place
    app = create_app(
        database=place.database, catalogue=place.catalogue, weights=place.weights, clock=now, uploads=uploads
    )
    uploads.clean()
    log = tmp_path / "from-a-browser.log"
    log.write_bytes(LOG)
    listener = listen("127.0.0.1", 0)
    server = server_of(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium_path, args=["--headless", "--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page()
            page.goto(f"{address_of(listener)}scans")
            page.set_input_files("input[type=file]", str(log))
            page.click("form[action='/uploads'] button")
            page.wait_for_url("**/scans/*", timeout=60_000)
            assert "from-a-browser.log" in page.inner_text("main")
            browser.close()
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()
