"""Worlds of merchants: funded counters, and the codes they show."""

import uuid
from datetime import datetime

from tests.given import NOW, a_sponsor, a_user
from wallet.holders.models import Member, User
from wallet.merchants.models import CounterCode, Merchant
from wallet.merchants.operations import fund_merchant, open_merchant, show_code


def a_merchant(
    *, coins: int = 0, owner: User | None = None, name: str = "街角咖啡", now: datetime = NOW
) -> Merchant:
    """Return a merchant with this many coins of a sponsor's."""
    merchant = open_merchant(name=name, owner=owner or a_user(now=now), now=now)
    if coins:
        fund_merchant(
            sponsor=a_sponsor(coins=coins, now=now),
            merchant=merchant,
            coins=coins,
            key=uuid.uuid4(),
            now=now,
        )
    return merchant


def owner_of(merchant: Merchant) -> User:
    """Return who answers for a merchant."""
    return Member.objects.get(organisation=merchant.pk, role=Member.Role.OWNER).user


def a_code(
    merchant: Merchant, *, coins: int = 10, key: uuid.UUID | None = None, now: datetime = NOW
) -> CounterCode:
    """Return a code that the merchant's owner shows."""
    return show_code(
        merchant=merchant,
        by=owner_of(merchant),
        coins=coins,
        key=key or uuid.uuid4(),
        now=now,
    )
