"""Make a format from a Squid `logformat` string, for proxies whose administrator chose other columns."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from scanner.errors import FormatInvalid
from scanner.spec import FormatSpec

PREFIX: Final = "logformat:"
_WORD: Final = r"\S+"
_CODE: Final = re.compile(
    r"%(?P<quote>[\"\[#/']?)(?P<width>-?\d*(?:\.\d+)?)(?P<argument>\{[^}]*\})?"
    r"(?P<name>[<>]?[a-zA-Z_]+(?::{2}[<>a-zA-Z_]+)?|%)(?P<after>\{[^}]*\})?"
)
# Squid code: (expression, raw name). Source: squid.conf documentation, logformat.
_CODES: Final[dict[str, tuple[str, str]]] = {
    "ts": (r"\d{9,10}", "seconds"), "tu": (r"\d{1,6}", "subseconds"), "tl": (r"[^\]]+?", "time"),
    "tg": (r"[^\]]+?", "time"), "tr": (r"-?\d+", ""), ">a": (_WORD, "client"), ">A": (_WORD, "client"),
    ">p": (r"\d+|-", "client_port"), ">eui": (_WORD, "device"), "un": (_WORD, "user"), "ul": (_WORD, "user"),
    "ui": (_WORD, "user_ident"), "us": (_WORD, "user_tls"), "ue": (_WORD, "user"), "rm": (r"\S+", "method"),
    ">rm": (r"\S+", "method"), "ru": (r"\S+", "url"), ">ru": (r"\S+", "url"), "<ru": (r"\S+", "url"),
    "rp": (r"\S+", "path"), ">rp": (r"\S+", "path"), "rd": (_WORD, "host"), ">rd": (_WORD, "host"),
    "rv": (r"\S+", ""), ">rv": (r"\S+", ""), "Ss": (r"[A-Z_]+", "code"), "Sh": (r"[A-Z_]+|-", ""),
    ">Hs": (r"\d{1,3}|-", "status"), "<Hs": (r"\d{1,3}|-", "status"), "Hs": (r"\d{1,3}|-", "status"),
    "<st": (r"-?\d+|-", "down"), ">st": (r"-?\d+|-", "up"), "st": (r"-?\d+|-", "total"),
    "mt": (r"\S+?", "type"), "<a": (_WORD, "server"), "<A": (_WORD, "server_name"), "<p": (r"\d+|-", "server_port"),
    "<la": (_WORD, ""), "la": (_WORD, ""), "lp": (r"\d+|-", ""), "<lp": (r"\d+|-", ""),
    "ssl::>sni": (_WORD, "sni"), "sni": (_WORD, "sni"),
}  # fmt: skip
_WHOLE: Final = frozenset({"url", "path"})
"""What may hold any character but a blank."""
_HEADERS: Final = {"user-agent": "agent", "host": "host", "referer": ""}


def format_of_logformat(text: str) -> FormatSpec:
    """Return the format a Squid logformat string describes, for example ``%ts.%03tu %>a %Ss/%03>Hs %rm %ru``.

    Raises FormatInvalid where a code is unknown or nothing names a destination.
    """
    named: set[str] = set()
    pattern = "".join(_expressions(text, named)) + r"\s*+"
    if not named & {"url", "host", "sni"}:
        raise FormatInvalid(
            f"logformat {text!r}: no %ru, %>rd or %ssl::>sni, so no line would name a destination"
        )
    sources = {name: name for name in named}
    fields: dict[str, object] = {
        "timestamp": [{"template": "{seconds}.{subseconds}"}, {"from": ["seconds", "time"]}],
        "source_ip": "client",
        "source_port": "client_port",
        "device_name": "device",
        "user": {"from": ["user", "user_ident", "user_tls"]},
        "http_method": "method",
        "url": "url",
        "url_path": {"from": "path", "as": "path"},
        "destination_domain": [{"from": "sni", "as": "host"}, {"from": "host", "as": "host"}],
        "destination_ip": "server",
        "http_status": "status",
        "action_raw": "code",
        "action": [
            {
                "from": "code",
                "match": "(DENIED|REDIRECT)",
                "map": {"DENIED": "blocked", "REDIRECT": "blocked"},
            },
            {"from": "code", "map": {"NONE": ""}, "otherwise": "allowed"},
        ],
        "source_bytes": "up",
        "destination_bytes": "down",
        "content_type": "type",
        "user_agent": {"from": "agent", "as": ["text", "unquote"]},
    }
    if not sources:
        raise FormatInvalid(f"logformat {text!r}: holds no code; see the logformat directive in squid.conf")
    return FormatSpec.model_validate(
        {
            "id": "squid_logformat",
            "title": "Squid access log in a format of your own",
            "vendor": "Squid",
            "family": "proxy",
            "checked_on": date(2026, 11, 22),
            "docs": "https://www.squid-cache.org/Doc/config/logformat/",
            "records": [{"reader": "regex", "pattern": pattern, "fields": fields}],
            "examples": [{"line": text, "drop": "an example is made from lines, not from the format"}],
        }
    )


def _expressions(text: str, named: set[str]) -> Iterator[str]:
    """Yield an expression for each code and for what stands around it; adds the names of the codes.

    Lines are in the hands of strangers, so that there must be one way to read each: a code ends where the next
    character of the format comes. One code of a word, and one of a line, may leave open where it ends.
    """
    before, codes = _codes(text)
    yield _between(before)
    open_in_word = open_in_line = 0
    for place, (found, after) in enumerate(codes):
        expression, name = _code(found, text)
        ending = after[:1]
        if expression == _WORD and name not in _WHOLE and ending and not ending.isspace():
            expression = rf"[^\s{re.escape(ending)}]++"
        elif expression.startswith("[^"):
            open_in_line += ending != expression[2:4].strip("\\")[:1]
        elif after or place < len(codes) - 1:
            open_in_word += not ending or ending.isalnum() or ending in "_-" or expression == _WORD
            open_in_word -= expression == _WORD and ending.isspace()
        if max(open_in_word, open_in_line) > 1:
            raise FormatInvalid(
                f"logformat {text!r}: where %{found['name']} ends cannot be told; put a blank before and behind it"
            )
        if re.search(r"\s", after):
            open_in_word = 0
        name = "" if name in named else name
        named.add(name)
        blanks = r"\s*+" if found["width"] else ""
        yield blanks + (rf"(?P<{name}>{expression})" if name else rf"(?:{expression})")
        yield _between(after)


def _codes(text: str) -> tuple[str, list[tuple[re.Match[str], str]]]:
    """Return what stands before the first code, and each code with what stands behind it; %% is no code."""
    before, codes, at = "", list[tuple[re.Match[str], str]](), 0
    for found in [*_CODE.finditer(text), None]:
        between = text[at : found.start() if found else len(text)] + (
            "%" if found and found["name"] == "%" else ""
        )
        if codes:
            codes[-1] = (codes[-1][0], codes[-1][1] + between)
        else:
            before += between
        if found and found["name"] != "%":
            codes.append((found, ""))
        at = found.end() if found else at
    return before, codes


def _between(text: str) -> str:
    return re.sub(r"(?:\\ )+", r"\\s++", re.escape(text))


def _code(found: re.Match[str], whole: str) -> tuple[str, str]:
    name = found["name"]
    argument = (found["argument"] or found["after"] or "{}")[1:-1]
    if name in {">h", ">ha", "<h"}:
        header = argument.split(":")[0].lower()
        quoted = found["quote"] == '"' or _in_quotes(whole, found.start())
        return (r'[^"]*' if quoted else r"\S+"), _HEADERS.get(header, "") if name != "<h" else ""
    if name not in _CODES and name.startswith("ssl::"):
        return _WORD, ""
    if name not in _CODES:
        known = " ".join(f"%{code}" for code in sorted(_CODES))
        raise FormatInvalid(f"logformat {whole!r}: code %{name} is not known; known are {known} %{{Name}}>h")
    expression, raw = _CODES[name]
    if name in {"un", "ul", "ui", "ue"} and _in_quotes(whole, found.start()):
        expression = r'[^"]*'
    return expression, raw


def _in_quotes(whole: str, at: int) -> bool:
    return at > 0 and whole[at - 1] == '"'
