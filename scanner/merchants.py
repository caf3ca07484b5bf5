"""Read the product out of the merchant text of card statements and supplier ledgers."""

import re
from typing import Any, Final

_TAIL: Final = re.compile(
    r"(?:subscr(?:iption)?s?|monthly|annual|inc|llc|ltd|limited|pbc|corp|corporation|gmbh|bv|co"
    r"|\+?[\d().-]{3,}|a[klrz]|c[aot]|d[ce]|fl|ga|hi|i[adln]|k[sy]|la|m[adeinost]|n[cdehjmvy]|o[hkr]|pa|ri"
    r"|s[cd]|t[nx]|ut|v[at]|w[aivy]|usa?)\.?\Z",
    re.I,
)
_LONGEST: Final = 400


def product_of(value: Any) -> str | None:
    """Return the product a merchant text names, without what payment adds to it.

    ``OPENAI *CHATGPT SUBSCR +14158799686 CA`` is ``CHATGPT``, ``PADDLE.NET* MIDJOURNEY`` is ``MIDJOURNEY``:
    what follows the last asterisk is the seller's own description (card networks' soft descriptor rules);
    legal forms, telephone numbers and the state at the end are let go.
    """
    if not isinstance(value, str):
        return None
    text = value[:_LONGEST]
    words = (text.rpartition("*")[2].strip() or text.strip(" *")).replace(",", " ").split()
    while len(words) > 1 and _TAIL.match(words[-1]):
        words.pop()
    return " ".join(words) or None
