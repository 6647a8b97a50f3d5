"""Pages: my packages, depositing and taking back, saving as coins, what the month's end rolls."""

from wallet.rollover.pages.month_end import answer, month_end, wish
from wallet.rollover.pages.own_data import deposit, deposits, one_take_back, save, take_backs
from wallet.rollover.pages.words import NOTICES, SENTENCES

__all__ = [
    "NOTICES",
    "SENTENCES",
    "answer",
    "deposit",
    "deposits",
    "month_end",
    "one_take_back",
    "save",
    "take_backs",
    "wish",
]
