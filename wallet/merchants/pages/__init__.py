"""Pages: a merchant's counter, what a scanned code leads to, the scanner."""

from wallet.merchants.pages.counter import counter, merchants, shown
from wallet.merchants.pages.scanned import CodePage, PhonePage, claim, code_link, scan
from wallet.merchants.pages.words import KINDS, SENTENCES

__all__ = [
    "KINDS",
    "SENTENCES",
    "CodePage",
    "PhonePage",
    "claim",
    "code_link",
    "counter",
    "merchants",
    "scan",
    "shown",
]
