"""Pages: what is on sale, buying it, and watching it arrive."""

from wallet.catalog.pages.progress import purchase
from wallet.catalog.pages.shelf import catalog, product
from wallet.catalog.pages.words import KINDS, NOTICE_PAGES, NOTICES, PAGES, SENTENCES

__all__ = [
    "KINDS",
    "NOTICES",
    "NOTICE_PAGES",
    "PAGES",
    "SENTENCES",
    "catalog",
    "product",
    "purchase",
]
