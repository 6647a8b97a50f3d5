"""Pages of gifts: those I made, and the one behind a link."""

from wallet.gift.pages.links import (
    CodePage,
    PhonePage,
    claim,
    gift_link,
    poster_image,
    qr_image,
    thanks,
)
from wallet.gift.pages.mine import cancel, gift, gifts, new_gift
from wallet.gift.pages.words import NOTICES, SENTENCES

__all__ = [
    "NOTICES",
    "SENTENCES",
    "CodePage",
    "PhonePage",
    "cancel",
    "claim",
    "gift",
    "gift_link",
    "gifts",
    "new_gift",
    "poster_image",
    "qr_image",
    "thanks",
]
