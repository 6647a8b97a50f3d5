"""Pages: turn coins into data, send data to a number, watch it arrive."""

from wallet.convert.pages.converting import carrier_hint, conversion, convert
from wallet.convert.pages.delivering import deliver, delivery
from wallet.convert.pages.words import NOTICES, SENTENCES

__all__ = [
    "NOTICES",
    "SENTENCES",
    "carrier_hint",
    "conversion",
    "convert",
    "deliver",
    "delivery",
]
