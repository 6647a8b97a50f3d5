"""Collect what the folders say to people: each keeps the sentences of its own codes and kinds.

A folder's `pages` or `sentences` may have SENTENCES (refusal code → sentence), NOTICES (kind of
notice → sentence), NOTICE_PAGES (kind of notice → prefix of its subject's id, name of its page),
KINDS (kind of transaction → what it says coming in and going out), PAGES
(first word of an address → prefix of its id, name of its page), UNLINKED (kinds without one) and
WAYS_BACK (kind of transaction → how it is undone, where that is not by a bare reversal).
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType

from django.apps import apps

from ledger.registry import register_ways_back
from wallet.holders.sentences import register_sentences
from wallet.home.sentences import (
    register_kinds,
    register_notice_pages,
    register_notices,
    register_pages,
    register_unlinked,
)

ROOMS = ("sentences", "pages")


def register_words() -> None:
    """Hand every folder's sentences to the pages that say them."""
    for room in _rooms():
        register_sentences(getattr(room, "SENTENCES", {}))
        register_notices(getattr(room, "NOTICES", {}))
        register_notice_pages(getattr(room, "NOTICE_PAGES", {}))
        register_kinds(getattr(room, "KINDS", {}))
        register_pages(getattr(room, "PAGES", {}))
        register_unlinked(getattr(room, "UNLINKED", ()))
        register_ways_back(getattr(room, "WAYS_BACK", {}))


def _rooms() -> Iterator[ModuleType]:
    for app in ("ledger", "wallet", "exchange"):
        if apps.is_installed(app):
            module = import_module(app)
            for folder in iter_modules(module.__path__, prefix=f"{app}."):
                if folder.ispkg:
                    names = (f"{folder.name}.{room}" for room in ROOMS)
                    yield from (import_module(name) for name in names if find_spec(name))
