"""Open holders, add numbers and members, lock, tell."""

from wallet.holders.operations.inbox import read_inbox, tell
from wallet.holders.operations.locks import (
    HolderClosed,
    HolderFrozen,
    NotEnoughCoins,
    NotEnoughData,
    NotProved,
    ReasonMissing,
    ServiceEnding,
    WalletFull,
    coins_max_of,
    freeze_holder,
    lock_holder,
    note_holder,
    refuse_ending,
    refuse_frozen,
    refuse_full_wallet,
    refuse_short,
    refuse_unproved,
    thaw_holder,
)
from wallet.holders.operations.numbers import (
    NumberQuarantined,
    NumberTaken,
    add_number,
    note_number,
)
from wallet.holders.operations.organisations import (
    BadName,
    NotAnOrganisation,
    add_member,
    open_organisation,
)
from wallet.holders.operations.people import (
    expect_user,
    forget_unverified,
    open_holder,
    verify_phone,
)
from wallet.holders.rules import BadAmount, checked_amount

__all__ = [
    "BadAmount",
    "BadName",
    "HolderClosed",
    "HolderFrozen",
    "NotAnOrganisation",
    "NotEnoughCoins",
    "NotEnoughData",
    "NotProved",
    "NumberQuarantined",
    "NumberTaken",
    "ReasonMissing",
    "ServiceEnding",
    "WalletFull",
    "add_member",
    "add_number",
    "checked_amount",
    "coins_max_of",
    "expect_user",
    "forget_unverified",
    "freeze_holder",
    "lock_holder",
    "note_holder",
    "note_number",
    "open_holder",
    "open_organisation",
    "read_inbox",
    "refuse_ending",
    "refuse_frozen",
    "refuse_full_wallet",
    "refuse_short",
    "refuse_unproved",
    "tell",
    "thaw_holder",
    "verify_phone",
]
