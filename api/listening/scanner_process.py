"""Hold the process that scans: start it, ask it, and start it again where it died."""

import asyncio
import contextlib
import json
import sys
from typing import Any, Final

_LONGEST_ANSWER: Final = 16 << 20


class ScannerProcess:
    """A process answering requests, started with the first one."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a request; one that says `error` where the process died."""
        try:
            process = self._process
            if process is None or process.returncode is not None:
                process = self._process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "api.listening.worker",
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    limit=_LONGEST_ANSWER,
                )
            if process.stdin is None or process.stdout is None:
                return {"error": "the scanning process has no pipes"}
            process.stdin.write(json.dumps(request).encode() + b"\n")
            await process.stdin.drain()
            line = await process.stdout.readline()
            if line:
                answer: dict[str, Any] = json.loads(line)
                return answer
        except (OSError, ValueError) as problem:
            await self.stop(0.0)
            return {"error": f"the scanning process failed ({problem}); it is started again"}
        await self.stop(0.0)
        return {"error": "the scanning process died (out of memory?); it is started again"}

    async def stop(self, patience: float) -> None:
        """End the process; what it is in the middle of is undone, and done the next time."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), patience)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
