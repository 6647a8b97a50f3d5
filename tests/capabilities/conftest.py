"""What tests of promises need from the browser's tests."""

from tests.browser.conftest import browser, live_port, new_page, site

__all__ = ["browser", "live_port", "new_page", "site"]
