"""Run dumpcap: the one program that needs rights on the interface; it records, and does nothing else."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from api.capturing.errors import CaptureRefused, DumpcapMissing
from scanner.captures.live_filter import capture_filter

_SNAPLEN = 2048  # a hello in one packet is whole; jumbo frames of content would be cut, were they recorded
_BUFFER_MIB = 64
_RECEIVED = re.compile(r"received/dropped on interface .*: (\d+)/(\d+)")
_TOLD = 4096
_GRACE = 20


@dataclass(frozen=True, slots=True)
class Rings:
    """When one ring file ends and the next begins."""

    seconds: int
    size_mib: int


class Recording:
    """One run of dumpcap."""

    def __init__(self, process: "subprocess.Popen[bytes]", said: IO[bytes]) -> None:
        self._process = process
        self._said = said

    @property
    def pid(self) -> int:
        """Return the id of the process."""
        return self._process.pid

    def ended(self, seconds: float) -> bool:
        """Wait a moment; say whether dumpcap has ended."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """Let dumpcap write what it has, and end it."""
        if self._process.poll() is None:
            self._process.terminate()
            if not self.ended(_GRACE):
                self._process.kill()
                self._process.wait()

    @property
    def said(self) -> str:
        """Return the end of what it wrote to stderr."""
        self._said.seek(0)
        return self._said.read()[-_TOLD:].decode("utf-8", "replace")

    @property
    def dropped(self) -> int | None:
        """Return the packets that were lost, as dumpcap tells at its end; None: it did not come to that."""
        found = _RECEIVED.findall(self.said)
        return sum(int(dropped) for _, dropped in found) if found else None

    @property
    def failed(self) -> bool:
        """Say whether it ended with an error."""
        return self._process.returncode not in (0, None)

    def close(self) -> None:
        """Forget what it said."""
        self._said.close()


def find_dumpcap() -> str:
    """Return the path of dumpcap, found where pyshark looks for tshark's programs. Raises DumpcapMissing."""
    from pyshark.tshark import tshark as discovery

    try:
        return str(discovery.get_process_path(process_name="dumpcap"))
    except (discovery.TSharkNotFoundException, OSError):
        raise DumpcapMissing(
            "dumpcap, which records packets, is not installed; install it: apt-get install wireshark-common "
            "(Debian, Ubuntu), dnf install wireshark-cli (Fedora, Red Hat)"
        ) from None


def interfaces() -> list[str]:
    """Return the names of interfaces, as tshark lists them; none where it cannot be asked."""
    from pyshark.tshark import tshark as discovery

    try:
        return [str(name) for name in discovery.get_all_tshark_interfaces_names()]
    except (discovery.TSharkNotFoundException, OSError, subprocess.SubprocessError):
        return []


def usable_filter(dumpcap: str, interface: str, extra: str) -> str:
    """Return the filter for an interface, without VLAN terms where its packets have none.

    Raises CaptureRefused where `extra` is no filter, the interface does not exist or may not be recorded.
    """
    said = ""
    for tagged in (True, False):
        expression = capture_filter(extra, tagged=tagged)
        tried = subprocess.run(
            [dumpcap, "-d", "-i", interface, "-f", expression], capture_output=True, check=False, timeout=60
        )
        if tried.stdout.strip().startswith(b"("):
            return expression
        said = tried.stderr.decode("utf-8", "replace")
    if extra and "filter" in said.lower():
        raise CaptureRefused(f"--bpf-extra {extra!r} is no capture filter; see man pcap-filter")
    raise refusal(dumpcap, interface, said)


def start(
    dumpcap: str, interface: str, expression: str, target: Path, rings: Rings, seconds: float
) -> Recording:
    """Begin to record into ring files for at most so many seconds."""
    import tempfile

    said = tempfile.TemporaryFile()  # noqa: SIM115 - closed by Recording
    command = [
        dumpcap, "-q", "-i", interface, "-f", expression, "-B", str(_BUFFER_MIB), "-s", str(_SNAPLEN),
        "-b", f"duration:{rings.seconds}", "-b", f"filesize:{rings.size_mib * 1000}",
        "-a", f"duration:{max(1, round(seconds))}", "-w", str(target),
    ]  # fmt: skip
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True
    )
    return Recording(process, said)


def refusal(dumpcap: str, interface: str, said: str) -> CaptureRefused:
    """Return what to tell a person when dumpcap did not begin."""
    lower = said.lower()
    if "permission" in lower or "not permitted" in lower:
        return CaptureRefused(
            f"this user may not record on {interface}. Either give dumpcap the right, for members of one group:\n"
            f"  chgrp wireshark {dumpcap} && chmod 750 {dumpcap} && "
            f"setcap cap_net_raw,cap_net_admin+eip {dumpcap}\n"
            "  usermod -aG wireshark THIS_USER   (then log in anew)\n"
            "or, on Debian and Ubuntu: dpkg-reconfigure wireshark-common. Do not run skiagram as root for this."
        )
    if "no such device" in lower or "no device named" in lower:
        known = ", ".join(interfaces())
        return CaptureRefused(
            f"there is no interface {interface!r}" + (f"; there are {known}" if known else "")
        )
    reason = next((line for line in said.splitlines() if line.startswith("dumpcap: ")), "no reason given")
    return CaptureRefused(f"{interface}: dumpcap does not record: {reason.removeprefix('dumpcap: ')[:300]}")
