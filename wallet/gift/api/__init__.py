"""JSON: gifts I made, the one behind a link, and whom I gave to."""

from wallet.gift.api.links import ClaimGift, GiftLink
from wallet.gift.api.mine import CancelGift, Gifts, OneGift, Relations, ThankForGift

__all__ = [
    "CancelGift",
    "ClaimGift",
    "GiftLink",
    "Gifts",
    "OneGift",
    "Relations",
    "ThankForGift",
]
