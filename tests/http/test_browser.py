"""A real browser shows the pages without error, overflow, script or any request to another host."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI

from api.serve import address_of, listen, server_of
from tests.http.hospital import PAYLOADS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

pytestmark = [pytest.mark.browser, pytest.mark.network, pytest.mark.timeout(300)]

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "tablet": {"viewport": {"width": 1000, "height": 900}, "color_scheme": "light"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "small phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
    "no script": {"viewport": {"width": 1440, "height": 900}, "java_script_enabled": False},
}
PAGES = ("", "inventory", "coverage", "scans", "scans/1", "tools/scribe-one", "tools/chat-mate", "nothing")


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port and give its address."""
    listener = listen("127.0.0.1", 0)
    server = server_of(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        for _ in range(200):
            if server.started:
                break
            time.sleep(0.05)
        assert server.started
        yield address_of(listener)
    finally:
        server.should_exit = True
        thread.join(15)
        listener.close()


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """Give one Chromium for the module."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield running
        running.close()


def watch(page: Page, address: str) -> list[str]:
    """Return a list that fills with everything a page must not do."""
    faults: list[str] = []
    page.on("console", lambda message: faults.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on(
        "request",
        lambda request: None if request.url.startswith(address) else faults.append(f"request: {request.url}"),
    )

    def failed(request: Request) -> None:
        # Going on to the next page gives up what the last one still fetched, its icon say; that is no fault.
        if request.failure != "net::ERR_ABORTED":
            faults.append(f"failed: {request.url} {request.failure}")

    page.on("requestfailed", failed)
    return faults


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(look, marks=[] if look in {"light", "small phone", "no script"} else pytest.mark.full)
        for look in LOOKS
    ],
)
def test_pages_show_without_fault(browser: Browser, hospital_app: FastAPI, look: str) -> None:
    scripted = LOOKS[look].get("java_script_enabled", True)
    with served(hospital_app) as address:
        context = browser.new_context(**LOOKS[look])
        page = context.new_page()
        faults = watch(page, address)
        for name in PAGES:
            answer = page.goto(address + name)
            assert answer is not None
            assert answer.status == (404 if name == "nothing" else 200)
            assert page.locator("h1").count() == 1
            if scripted:
                assert overflow(page) == 0, name
        expected = [fault for fault in faults if "404 (Not Found)" not in fault]
        assert expected == []
        context.close()


@pytest.mark.full
def test_the_style_sheets_apply_in_both_schemes(browser: Browser, hospital_app: FastAPI) -> None:
    grounds = {}
    with served(hospital_app) as address:
        for look in ("light", "dark"):
            context = browser.new_context(**LOOKS[look])
            page = context.new_page()
            page.goto(address)
            grounds[look] = page.evaluate("getComputedStyle(document.body).backgroundColor")
            context.close()
    assert grounds["light"] != grounds["dark"]
    assert "rgba(0, 0, 0, 0)" not in grounds.values()


def test_keyboard_reaches_the_content_and_focus_is_visible(browser: Browser, hospital_app: FastAPI) -> None:
    with served(hospital_app) as address:
        context = browser.new_context(**LOOKS["light"])
        page = context.new_page()
        page.goto(address)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        inside = "document.querySelector('main').contains(document.activeElement)"
        assert page.evaluate(inside)
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        context.close()


def test_filters_work_without_script(browser: Browser, hospital_app: FastAPI) -> None:
    with served(hospital_app) as address:
        context = browser.new_context(**LOOKS["no script"])
        page = context.new_page()
        page.goto(address)
        page.get_by_label("Vendor").select_option("mate")
        with page.expect_navigation():
            page.get_by_role("button", name="Filter").click()
        assert page.locator("a.name").all_text_contents() == ["Chat Mate"]
        with page.expect_navigation():
            page.get_by_role("link", name="Clear").click()
        assert page.locator("a.name").count() == 5
        context.close()


def test_attacks_in_logs_do_nothing_in_a_browser(browser: Browser, attacked_app: FastAPI) -> None:
    with served(attacked_app) as address:
        context = browser.new_context(**LOOKS["phone"])
        page = context.new_page()
        faults = watch(page, address)
        tools = [f"tools/tool-{number}" for number in range(len(PAYLOADS))]
        for name in ("", "inventory", "coverage", "scans", "scans/1", *tools):
            page.goto(address + name)
            assert page.evaluate("window.__pwned") is None
            assert page.evaluate("document.scripts.length + document.images.length + frames.length") == 0
            assert overflow(page) == 0, name
        assert faults == []
        context.close()
