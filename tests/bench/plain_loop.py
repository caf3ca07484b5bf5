"""The yardstick: split each line, look its host up, add to a total. python plain_loop.py FILE FORMAT."""

import json
import sys
from time import process_time

SUFFIXES = {
    "chat.example.net": "sample-chat",
    "scribe.example.org": "sample-scribe",
    "models.example.com": "sample-models",
}


def tool_of(host: bytes) -> str:
    """Return the tool of a host, or nothing."""
    labels = host.decode("utf-8", "replace").lower().split(".")
    return next((tool for at in range(len(labels)) if (tool := SUFFIXES.get(".".join(labels[at:])))), "")


def main(path: str, format_id: str) -> None:
    """Count what each person did with each tool: no times, no reasons, no users."""
    began = process_time()
    known: dict[bytes, str] = {}
    totals: dict[tuple[str, bytes | str], list[int]] = {}
    malformed = size = 0
    person: bytes | str
    with open(path, "rb") as lines:
        for line in lines:
            try:
                if format_id == "squid":
                    cells = line.split()
                    host, person, size = cells[6].split(b"://")[-1].split(b":")[0], cells[7], int(cells[4])
                elif format_id == "bind":
                    cells = line.split()
                    host, person = cells[8], cells[5]
                elif format_id == "zeek_dns_tsv":
                    cells = line.split(b"\t")
                    host, person = cells[7], cells[2]
                else:
                    record = json.loads(line)
                    host, person = record["query"].encode(), record["id.orig_h"]
            except (IndexError, ValueError, KeyError):
                malformed += 1
                continue
            tool = known.get(host)
            if tool is None:
                tool = known[host] = tool_of(host)
            if tool:
                total = totals.setdefault((tool, person), [0, 0])
                total[0] += 1
                total[1] += size
    print(json.dumps({"cpu": process_time() - began, "malformed": malformed, "totals": len(totals)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
