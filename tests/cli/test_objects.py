"""`skiagram scan s3://...` against a server that speaks the protocol of S3 on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("s3fs", reason="needs s3fs (extra `objects`)")
pytest.importorskip("moto.server", reason="needs a local S3 server: pip install 'moto[server]'")
pytestmark = [pytest.mark.network, pytest.mark.full]

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[str]:
    """Run a server with the S3 protocol; give its address."""
    code = (
        "from moto.server import ThreadedMotoServer as S; s = S('127.0.0.1', 0, verbose=False); s.start(); "
        "print(s.get_host_and_port()[1], flush=True); input()"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    assert server.stdout is not None
    yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
    server.communicate("\n", timeout=60)


def test_bucket_is_scanned_and_scanned_again(endpoint: str, run: Run, log: Path, tmp_path: Path) -> None:
    environment = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "very-secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "PYTHONWARNINGS": "default",
    }
    put = (
        "import sys, s3fs; s = s3fs.S3FileSystem(); s.exists('hospital-logs') or s.mkdir('hospital-logs'); "
        "s.put_file(sys.argv[2], sys.argv[1])"
    )

    def upload(key: str, path: Path) -> None:
        subprocess.run(
            [sys.executable, "-c", put, key, str(path)], env=os.environ | environment, check=True, timeout=60
        )

    upload("hospital-logs/proxy/access.log", log)
    large = tmp_path / "large.log"
    large.write_text(log.read_text().replace("chatgpt.com", "claude.ai") * 4000)
    upload("hospital-logs/proxy/large.log", large)

    def scan(*names: str) -> tuple[int, dict[str, str], dict[str, int]]:
        done = run("scan", "--json", *names, **environment)
        assert "very-secret" not in done.stdout + done.stderr
        document = json.loads(done.stdout)
        files = {file["file"]: file["status"] for file in document["this_scan"]["files"]}
        return done.returncode, files, {tool["id"]: tool["events"] for tool in document["tools"]}

    begun = time.monotonic()
    code, files, tools = scan("s3://hospital-logs/proxy/")
    assert (code, set(files.values())) == (0, {"ok"})
    assert set(files) == {"s3://hospital-logs/proxy/access.log", "s3://hospital-logs/proxy/large.log"}
    assert tools["chatgpt"] == 5
    log.write_text(log.read_text() + log.read_text().splitlines()[0] + "\n")
    upload("hospital-logs/proxy/access.log", log)
    code, files, again = scan("s3://hospital-logs/proxy/*.log", "s3://no-such-bucket/x")
    assert code == 3
    assert files["s3://no-such-bucket/x"] == "unread"
    assert files["s3://hospital-logs/proxy/large.log"] == "already_read"
    assert again["chatgpt"] == 6
    print(f"two scans of 2 objects took {time.monotonic() - begun:.1f} s")
