"""What tests of promises need from the browser's tests."""

from tests.browser.conftest import browser, new_page, site

__all__ = ["browser", "new_page", "site"]
