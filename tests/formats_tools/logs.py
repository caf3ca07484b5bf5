"""Logs no format knows, in the layouts of the field, with the same people and hosts in each."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

Row = dict[str, str]
HOSTS = ("chatgpt.com", "www.example.org", "claude.ai", "scribe.example.net", "mail.example.com")
PEOPLE = ("arivera", "bchen", "dokafor", "efox")


def rows(number: int = 30) -> list[Row]:
    draw = Random(7)
    start = datetime(2026, 11, 20, 10)
    return [
        {
            "time": f"{start + timedelta(minutes=7 * n):%Y-%m-%d %H:%M:%S}",
            "client": f"10.20.4.{n % 9 + 1}",
            "person": draw.choice(PEOPLE),
            "host": draw.choice(HOSTS),
            "server": f"203.0.113.{n % 20 + 1}",
            "up": str(draw.randint(200, 9000) * (1 + n % 7 * 5)),
            "down": str(draw.randint(1000, 900000)),
            "status": str(draw.choice((200, 200, 304, 403))),
            "method": draw.choice(("GET", "POST", "CONNECT")),
            "word": draw.choice(("allow", "deny")),
        }
        for n in range(number)
    ]


LAYOUTS: dict[str, Callable[[Row], str]] = {
    "commas": lambda r: (
        f"{r['time']},{r['client']},{r['person']}@example.org,{r['host']},{r['method']},{r['status']}"
    ),
    "bars": lambda r: (
        f"{r['time']}|{r['client']}|{r['person']}|https://{r['host']}/c?q=secret|{r['word']}|{r['server']}|{r['up']}|{r['down']}"
    ),
    "tabs": lambda r: "\t".join([*r["time"].split(), r["client"], r["host"], "443"]),
    "pairs": lambda r: (
        f"zeit={r['time'].replace(' ', 'T')} quelle={r['client']} ziel={r['host']} wer={r['person']}@example.org"
    ),
    "pairs_in_syslog": lambda r: (
        f"<134>Nov 22 10:00:00 fw1 webd: Quelle: {r['client']}, Ziel: {r['host']}, Grund: ein guter Grund"
    ),
    "json": lambda r: json.dumps(
        {
            "wann": r["time"],
            "netz": {"quelle": r["client"], "ziel.name": r["host"]},
            "leute": [{"post": "a@example.org"}],
        }
    ),
    "words": lambda r: (
        f'{r["time"]} {r["client"]} {r["method"]} "{r["host"]}" [{r["person"]}@example.org] {r["status"]}'
    ),
    "open_ended": lambda r: (
        f"{r['time']} {r['client']} {r['host']} {r['word']}{' more' * (int(r['up']) % 5)}"
    ),
}


def log(layout: str, number: int = 30) -> list[str]:
    return [LAYOUTS[layout](row) for row in rows(number)]


def with_header(delimiter: str, names: list[str]) -> list[str]:
    cells = ("time", "client", "host", "person", "down")
    return [delimiter.join(names), *(delimiter.join(row[cell] for cell in cells) for row in rows())]
