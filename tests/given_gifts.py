"""Gifts that went further than being made: claimed, of data, of own data."""

from datetime import datetime
from uuid import uuid4

from ledger.rules import month_of
from tests import given
from wallet.contacts.models import Contact
from wallet.contacts.operations import add_contact
from wallet.gift.models import Gift
from wallet.gift.operations import claim_gift, send_gift
from wallet.holders.models import Holder


def a_claimed_gift(
    *,
    sender: Holder | None = None,
    claimer: Holder | None = None,
    coins: int = 50,
    now: datetime = given.NOW,
) -> Gift:
    """Return a gift of coins that somebody has claimed."""
    if sender is None:
        sender = given.a_holder(now=now)
    given.give_coins(sender, coins, now=now)
    gift = given.a_gift(sender=sender, coins=coins, now=now)
    return claim_gift(gift=gift, claimer=claimer or given.a_holder(now=now), now=now)


def a_data_gift(
    *, goods: str = "DATA", carrier: str = "CT", mb: int = 40, now: datetime = given.NOW
) -> Gift:
    """Return a gift of this month's data or of a voucher (MB)."""
    sender = given.a_holder(now=now)
    month = month_of(now)
    asset = given.give_data(sender, mb, goods=goods, carrier=carrier, month=month, now=now)
    return send_gift(sender=sender, asset=asset, amount=mb, key=uuid4(), now=now)


def a_contact(owner: Holder, friend: Holder, *, name: str = "阿梅") -> Contact:
    """Return a friend's number as the owner keeps it."""
    msisdn = friend.numbers.get().msisdn
    return add_contact(owner=owner, name=name, msisdn=msisdn, now=given.NOW)
