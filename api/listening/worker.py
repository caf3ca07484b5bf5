"""The process that scans what was received and reports losses, so that receiving never waits for either.

It reads one JSON request a line from standard input and answers each with one JSON line; it ends with its input.
"""

import json
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.scanning import ScanTask, run_scan
from api.settings import load_settings
from api.workplace import Workplace, now
from api.zones import zone_of
from storage.losses import record_loss
from storage.scans import newest_outcomes

_KNOWN = frozenset({"api", "scanner", "governance", "storage", "signatures"})


class Work:
    """What requests are answered with; opened on first use, and anew after a failure."""

    def __init__(self) -> None:
        self._database: str | None = None
        self._place: Workplace | None = None
        self._told: str | None = None

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what a request asks; a failure is an answer too."""
        try:
            if self._place is None or request["database"] != self._database:
                self._database = request["database"]
                self._place = Workplace(load_settings(database=self._database))
            return self._do(self._place, request)
        except Exception as problem:
            self._place = None
            if type(problem).__module__.partition(".")[0] in _KNOWN:
                return {"error": str(problem)}
            return {"error": f"{type(problem).__name__}: {problem}"}

    def _do(self, place: Workplace, request: dict[str, Any]) -> dict[str, Any]:
        if request["losses"]:
            with place.database.write() as conn:
                for source, what, number in request["losses"]:
                    record_loss(conn, source, what, number, now(), origin=request["origin"])
        answer: dict[str, Any] = {"acknowledged": request["origin"], "outcomes": {}, "notes": []}
        if request.get("scan"):
            tasks = [_task(task) for task in request["scan"]]
            try:
                result = run_scan(place, tasks, started_by="listen")
            except Exception as problem:
                # The losses were recorded all the same.
                return answer | {"error": str(problem)}
            answer["outcomes"] = {outcome.label: outcome.status for outcome in result.outcomes}
            answer["notes"] = [f"new vendor: {vendor}" for vendor in result.new_vendors]
            before, self._told = self._told, result.catalogue_problem
            if self._told is not None and self._told != before:
                answer["notes"].append(
                    f"the changed catalogue is not valid; the one before stays in force: {self._told}"
                )
        if request.get("ask"):
            since = datetime.fromtimestamp(request["ask"]["since"], UTC)
            with place.database.read() as conn:
                found = newest_outcomes(conn, since)
            # Another scan may have come to the file by another path; its name is found nowhere else.
            by_name = {Path(label).name: (status, at.timestamp()) for label, status, at in found}
            answer["outcomes"] = {
                path: by_name[Path(path).name][0]
                for path, changed in request["ask"]["files"]
                if Path(path).name in by_name and by_name[Path(path).name][1] > changed
            }
        return answer


def _task(task: dict[str, Any]) -> ScanTask:
    return ScanTask(
        tuple(task["paths"]),
        task["source"],
        task["format"],
        kind="syslog",
        location=task["location"],
        zone=zone_of(task["time_zone"]),
    )


def main() -> None:
    """Answer requests until there are no more."""
    # A service manager tells every process of the service to end; this one ends when its parent has finished.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    work = Work()
    for line in sys.stdin:
        print(json.dumps(work.answer(json.loads(line)), ensure_ascii=True), flush=True)


if __name__ == "__main__":
    main()
