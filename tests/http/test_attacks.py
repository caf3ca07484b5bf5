"""Nothing a log, a file name, a catalogue or a person supplies becomes markup, link, attribute or style."""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from tests.http.hospital import PAYLOADS

PAGES = (
    "/",
    "/inventory",
    "/coverage",
    "/scans",
    "/scans/1",
    *(f"/tools/tool-{number}" for number in range(len(PAYLOADS))),
)
ELEMENTS = set(
    "html head meta title link body a header div svg rect circle path line text nav ul li main section h1 h2 h3 p "
    "dl dt dd b strong span table thead tbody tfoot tr th td form label select option button code time details "
    "summary footer".split()
)
ATTRIBUTES = set(
    "lang charset name content rel href type class id tabindex aria-label aria-labelledby aria-hidden aria-current "
    "focusable viewbox preserveaspectratio cx cy r fill stroke stroke-width d opacity x y x1 x2 y1 y2 width height rx "
    "role scope data-label method action value selected datetime title text-anchor".split()
)


class Inspector(HTMLParser):
    """Collect every element, attribute and text of a page as a browser would find them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.texts: list[str] = []
        self.comments: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("href", "src", "action"):
                self.links.append(value or "")
            self.texts.append(value or "")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def inspect(page: str) -> Inspector:
    """Parse a page."""
    inspector = Inspector()
    inspector.feed(page)
    inspector.close()
    return inspector


@pytest.mark.parametrize("address", PAGES)
def test_pages_hold_only_their_own_elements(attacked: TestClient, address: str) -> None:
    answer = attacked.get(address)
    assert answer.status_code == 200
    found = inspect(answer.text)
    assert found.elements <= ELEMENTS
    assert found.attributes <= ATTRIBUTES
    assert found.comments == []
    assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in found.links)


@pytest.mark.parametrize("address", PAGES)
def test_pages_hold_no_hidden_character(attacked: TestClient, address: str) -> None:
    for text in inspect(attacked.get(address).text).texts:
        hidden = [char for char in text if unicodedata.category(char)[0] == "C" and char != "\n"]
        assert hidden == []


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_a_payload_is_shown_as_the_text_it_is(attacked: TestClient, number: int) -> None:
    texts = inspect(attacked.get(f"/tools/tool-{number}").text).texts
    expected = PAYLOADS[number].replace("\u202e", "\\u{202e}")[:10]
    shown = [text for text in texts if text.replace("\\u202e", "\\u{202e}").startswith(expected)]
    assert len(shown) >= 8  # name, vendor, source, signature, department, terms, decision, agreement


def test_templates_in_payloads_are_not_evaluated(attacked: TestClient) -> None:
    for address in PAGES:
        assert "49" not in [text.strip() for text in inspect(attacked.get(address).text).texts]


def test_documents_carry_payloads_as_plain_strings(attacked: TestClient) -> None:
    answer = attacked.get("/api/v1/tools")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert {item["name"] for item in answer.json()["items"]} >= set(PAYLOADS[:4])


def test_the_inspector_finds_markup_when_there_is_some() -> None:
    found = inspect('<p onclick="x">a</p><!--c--><script src="//evil.example"></script>')
    assert "onclick" in found.attributes
    assert "script" in found.elements
    assert found.links == ["//evil.example"]
    assert found.comments == ["c"]
