"""A site of its own for each test: web and workers as they run in production, and browsers."""

import shutil
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.error import URLError

import pytest
import redis
from django.db import connections
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from config.embedded.children import free_port
from config.embedded.session import CHECKOUT
from config.processes import Supervisor, programs
from tests import servers

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = ViewportSize(width=360, height=780)
START_SECONDS_MAX = 180
PATIENCE_MS = 90_000  # a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE_MS)
OF_THE_MARKET = ("live", "matching")


class NewPage(Protocol):
    """Opens a phone; a user agent makes it a chat app's browser, whose taps are fingers'."""

    def __call__(self, language: str, *, user_agent: str | None = None) -> Page:
        """Return the phone's first page."""


@pytest.fixture
def live_port() -> int:
    """Return the port of the market's live stream; 0 where a test needs no market at work."""
    return 0


@pytest.fixture
def site(
    own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, live_port: int
) -> Iterator[str]:
    """Run the web, and the market's programs if wanted, as the application; yield the address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {
        "DATABASE_URL": servers.application_url(database=own_database),
        "REDIS_URL": servers.broker_url(place=1),
        "PUBLIC_URL": address,
        "LIVE_URL": f"http://127.0.0.1:{live_port}" if live_port else "",
        "DEMO": "on",
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        # Playwright's loop runs in this thread; the worlds are built beside it, not in it.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    # What a site before this one counted and was asked is none of this one's.
    with redis.Redis.from_url(environment["REDIS_URL"]) as kept:
        kept.flushdb()
    supervisor = Supervisor(folder=CHECKOUT)
    try:
        for program in programs(port=port, live_port=live_port, folder=tmp_path):
            if program.name == "web" or (live_port and program.name in OF_THE_MARKET):
                supervisor.start(program)
        _wait_for(address=address)
        yield address
    finally:
        supervisor.stop()


def _wait_for(*, address: str) -> None:
    ends = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(f"{address}/readyz") as answer:
                if answer.status == 200:
                    return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    pytest.fail("The site did not come up.")


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Start this machine's Chromium."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found is None:
        pytest.skip("No Chromium on this machine.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield chromium
        chromium.close()
        # While Playwright's loop runs, this thread has connections of the loop's own.
        connections.close_all()


@pytest.fixture
def new_page(browser: Browser, site: str) -> Iterator[NewPage]:
    """Open a phone of somebody's own: its cookies are nobody else's."""
    complaints: list[str] = []

    def open_phone(language: str, *, user_agent: str | None = None) -> Page:
        context = browser.new_context(
            viewport=PHONE,
            locale=language,
            base_url=site,
            user_agent=user_agent,
            has_touch=user_agent is not None,
            is_mobile=user_agent is not None,
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" else None,
        )
        return page

    yield open_phone
    # A blocked style or script shows here: the content security policy allows none inline.
    assert [said for said in complaints if "Content Security Policy" in said] == []
