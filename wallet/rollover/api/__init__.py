"""JSON: packages, deposits and take-backs, data saved as coins, what a month's end rolls."""

from wallet.rollover.api.month_end import RollAnswers, Rollover, RollWishes
from wallet.rollover.api.own_data import Deposits, OneDeposit, OneTakeBack, Packages, TakeBacks
from wallet.rollover.api.savings import OneSaving, SavingOffers, Savings

__all__ = [
    "Deposits",
    "OneDeposit",
    "OneSaving",
    "OneTakeBack",
    "Packages",
    "RollAnswers",
    "RollWishes",
    "Rollover",
    "SavingOffers",
    "Savings",
    "TakeBacks",
]
