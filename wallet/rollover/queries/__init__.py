"""Reads about own data, data saved as coins, and what a month's end rolls."""

from wallet.rollover.queries.own_data import (
    PackageState,
    cause_of_line,
    cause_of_take_back,
    deposit_of,
    depositable_mb,
    deposited_mb,
    deposits_of,
    packages_of,
    take_back_of,
    take_backs_of,
    take_backs_waiting,
)
from wallet.rollover.queries.rolls import (
    RollPreview,
    asking,
    roll_previews,
    rollover_policies,
    unanswered,
    waiting_for_word,
)
from wallet.rollover.queries.savings import (
    Offer,
    Saved,
    saved_with,
    saving_of,
    saving_offers,
    saving_rate,
    savings_of,
)

__all__ = [
    "Offer",
    "PackageState",
    "RollPreview",
    "Saved",
    "asking",
    "cause_of_line",
    "cause_of_take_back",
    "deposit_of",
    "depositable_mb",
    "deposited_mb",
    "deposits_of",
    "packages_of",
    "roll_previews",
    "rollover_policies",
    "saved_with",
    "saving_of",
    "saving_offers",
    "saving_rate",
    "savings_of",
    "take_back_of",
    "take_backs_of",
    "take_backs_waiting",
    "unanswered",
    "waiting_for_word",
]
