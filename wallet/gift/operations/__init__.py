"""Send gifts, claim them under their links, give them back."""

from wallet.gift.operations.claim import (
    GiftCancelled,
    GiftClaimed,
    GiftExpired,
    GiftHeld,
    GiftLocked,
    OwnGift,
    claim_gift,
    hold_gift,
    thank_sender,
)
from wallet.gift.operations.give_back import (
    cancel_gift,
    note_expired_gifts,
    return_expired_gifts,
    return_open_gifts,
)
from wallet.gift.operations.links import UnknownGift, look_up_gift
from wallet.gift.operations.send import (
    GiftLimitPassed,
    NoOtherSide,
    NotGiftable,
    send_gift,
    send_own_data,
)

__all__ = [
    "GiftCancelled",
    "GiftClaimed",
    "GiftExpired",
    "GiftHeld",
    "GiftLimitPassed",
    "GiftLocked",
    "NoOtherSide",
    "NotGiftable",
    "OwnGift",
    "UnknownGift",
    "cancel_gift",
    "claim_gift",
    "hold_gift",
    "look_up_gift",
    "note_expired_gifts",
    "return_expired_gifts",
    "return_open_gifts",
    "send_gift",
    "send_own_data",
    "thank_sender",
]
