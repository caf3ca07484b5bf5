"""Tell which spellings in logs mean which person or device, and which mean several and therefore nobody."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from governance.imports.people import Person
from storage.directory import Alias
from storage.pseudonyms import Pseudonyms

_PREFERRED = ("account", "sign_in", "mail", "employee_id", "distinguished_name", "alias")
"""Forms in the order in which they give a person the pseudonym they are known by."""
_AFTER_COMMA = re.compile(r"(?<!\\),\s+")
_NOT_HEX = re.compile(r"[^0-9a-fA-F]")
_MAC_DIGITS = 12

Spellings = Mapping[str, str]
"""Pseudonym of a spelling -> its form."""


def spellings_of(person: Person, pseudonyms: Pseudonyms) -> dict[str, str]:
    """Return every spelling of a person, the forms that name them best first."""
    found: dict[str, str] = {}
    for form in _PREFERRED:
        for text in _texts(person, form):
            name = pseudonyms.principal(text)
            if name:
                found.setdefault(name, form)
    return found


def _texts(person: Person, form: str) -> Iterator[str]:
    texts = sorted(person.names.get(form, ()))
    if form == "account":
        # Without an account name, what stands before the @ of the sign-in name is what Windows logs write.
        accounts = texts or sorted(
            text.partition("@")[0] for text in person.names.get("sign_in", ()) if "@" in text
        )
        yield from accounts
        yield from (f"{text}@{domain}" for text in accounts for domain in sorted(person.domains))
    elif form == "distinguished_name":
        for text in texts:
            yield from (text, _AFTER_COMMA.sub(",", text), _AFTER_COMMA.sub(", ", text.replace(",", ", ")))
    else:
        yield from texts


def device_spellings(
    names: Iterable[str], hardware: Iterable[str], addresses: Iterable[str], pseudonyms: Pseudonyms,
    own_domains: Iterable[str],
) -> dict[str, str]:  # fmt: skip
    """Return every spelling of a device: host name, full name, machine account, hardware address, address."""
    found: dict[str, str] = {}
    domains = sorted(own_domains)
    for name in names:
        short = name.rstrip("$").partition(".")[0]
        for text in (name, short, *(f"{short}.{domain}" for domain in domains)):
            found.setdefault(pseudonyms.device(text), "device")
        for text in (f"{short}$", *(f"{short}$@{domain}" for domain in domains)):
            found.setdefault(pseudonyms.principal(text), "device")
    for text in hardware:
        for spelt in _hardware(text):
            found.setdefault(pseudonyms.device(spelt), "hardware")
    for text in addresses:
        found.setdefault(pseudonyms.address(text), "address")
    found.pop("", None)
    return found


def _hardware(text: str) -> Iterator[str]:
    digits = _NOT_HEX.sub("", text).lower()
    if len(digits) != _MAC_DIGITS:
        yield text  # an asset tag or a serial number
        return
    pairs = [digits[at : at + 2] for at in range(0, _MAC_DIGITS, 2)]
    yield from (digits, ":".join(pairs), "-".join(pairs), ".".join(digits[at : at + 4] for at in (0, 4, 8)))


def shared(spellings: Sequence[Spellings]) -> dict[str, str]:
    """Return the spellings that several have: joining them would be a guess."""
    owners: dict[str, int] = defaultdict(int)
    forms: dict[str, str] = {}
    for one in spellings:
        for name, form in one.items():
            owners[name] += 1
            forms.setdefault(name, form)
    return {name: forms[name] for name, number in owners.items() if number > 1}


def principals_for(
    spellings: Sequence[Spellings], unclear: Mapping[str, str], known: Mapping[str, Alias]
) -> list[str | None]:
    """Return the pseudonym each is known by: the one they had (found by employee number), else their best name.

    None if every name of theirs is shared with somebody.
    """
    claimed = {name for one in spellings for name in one}
    found: list[str | None] = []
    taken: set[str] = set()
    for one in spellings:
        own = [name for name in one if name not in unclear]
        former = [known[name].principal for name in own if one[name] == "employee_id" and name in known]
        usable = [name for name in former if name in own or name not in claimed]
        chosen = next((name for name in (*usable, *own) if name not in taken), None)
        if chosen is not None:
            taken.add(chosen)
        found.append(chosen)
    return found
