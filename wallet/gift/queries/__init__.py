"""Reads of gifts, and of who gave whom."""

from wallet.gift.queries.gifts import (
    address_of,
    cause_of_gift,
    gift_of,
    gifts_claimed_by,
    gifts_made_on_day_of,
    gifts_sent_by,
    gifts_waiting_for,
    link_of,
    set_aside_in_gifts,
    source_of,
    token_for,
)
from wallet.gift.queries.people import (
    Friend,
    Recipient,
    claimer_words,
    friend_words,
    meant_words,
    recipient_in,
    relations_of,
    sender_words,
)

__all__ = [
    "Friend",
    "Recipient",
    "address_of",
    "cause_of_gift",
    "claimer_words",
    "friend_words",
    "gift_of",
    "gifts_claimed_by",
    "gifts_made_on_day_of",
    "gifts_sent_by",
    "gifts_waiting_for",
    "link_of",
    "meant_words",
    "recipient_in",
    "relations_of",
    "sender_words",
    "set_aside_in_gifts",
    "source_of",
    "token_for",
]
