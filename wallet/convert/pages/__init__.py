"""Pages: turn coins into data, send data to a number, watch it arrive."""

from wallet.convert.pages.converting import carrier_hint, conversion, convert
from wallet.convert.pages.delivering import deliver, delivery
from wallet.convert.pages.waiting import join, leave
from wallet.convert.pages.words import NOTICE_PAGES, NOTICES, SENTENCES

__all__ = [
    "NOTICES",
    "NOTICE_PAGES",
    "SENTENCES",
    "carrier_hint",
    "conversion",
    "convert",
    "deliver",
    "delivery",
    "join",
    "leave",
]
