"""Read the product out of the merchant text of card statements, bank accounts and supplier ledgers."""

import re
from typing import Any, Final

_TAIL: Final = re.compile(
    r"(?:subscr(?:iption)?s?|monthly|annual|inc|llc|ltd|limited|pbc|corp|corporation|gmbh|bv|co|se|ag|sas|ab|oy|pty"
    r"|\+?[\d().-]{3,}|a[klrz]|c[aot]|d[ce]|fl|ga|hi|i[adln]|k[sy]|la|m[adeinost]|n[cdehjmvy]|o[hkr]|pa|ri"
    r"|s[cdg]|t[nx]|ut|v[at]|w[aivy]|usa?|gb|gbr|uk|ie|irl|nl)\.?\Z",
    re.I,
)
_LONGEST: Final = 400
_PADDING: Final = re.compile(r"[ \t\xa0]{2,}")
"""Statements pad the seller's text to a fixed width before the place."""
_BEFORE: Final = re.compile(
    r"(?:check ?card|(?:pos|debit card|card|online|recurring|international) (?:debit|purchase|payment)"
    r"|purchase(?= authorized)|ach debit|direct debit)(?: authorized on)?\s+(?:\d{2}/?\d{2}(?:/\d{2,4})?\s+)?",
    re.I,
)
_BEHIND: Final = re.compile(r"\s(?:des|id|indn|co id|ref|trace|conf|card)\s?[:#]", re.I)
"""What the bank adds to a payment: description, ids, name (fields of an ACH entry)."""
_PLACES: Final = tuple(
    tuple(place.split())
    for place in (
        "san francisco", "new york", "palo alto", "mountain view", "menlo park", "redwood city", "san mateo",
        "san jose", "los angeles", "san diego", "santa clara", "redmond", "seattle", "austin", "boston",
        "cambridge", "chicago", "denver", "miami", "atlanta", "pittsburgh", "wilmington", "dover", "lewes",
        "toronto", "montreal", "london", "dublin", "amsterdam", "berlin", "munich", "paris", "stockholm",
        "sydney", "melbourne", "singapore", "tel aviv", "tallinn",
    )
)  # fmt: skip
"""Where vendors of software sit: the city stands between the name and the state."""


def product_of(value: Any) -> str | None:
    """Return the product a merchant text names, without what payment adds to it.

    ``OPENAI *CHATGPT SUBSCR +14158799686 CA`` is ``CHATGPT``, ``PADDLE.NET* MIDJOURNEY`` is ``MIDJOURNEY``:
    what follows the last asterisk is the seller's own description (card networks' soft descriptor rules);
    legal forms, telephone numbers, the city and the state at the end are let go, as are the words banks put
    in front and behind.
    """
    if not isinstance(value, str):
        return None
    text = value[:_LONGEST].strip()
    before = _BEFORE.match(text)
    text = _BEHIND.split(text[before.end() :] if before else text, maxsplit=1)[0]
    text = text.rpartition("*")[2].strip() or text.strip(" *")
    words = _PADDING.split(text, maxsplit=1)[0].replace(",", " ").split()
    while len(words) > 1:
        place = next((p for p in _PLACES if _ends_with(words, p)), ())
        if place:
            del words[-len(place) :]
        elif _TAIL.match(words[-1]):
            words.pop()
        else:
            break
    return " ".join(words) or None


def _ends_with(words: list[str], place: tuple[str, ...]) -> bool:
    return len(words) > len(place) and tuple(word.casefold() for word in words[-len(place) :]) == place
