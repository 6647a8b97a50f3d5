"""Whatever people do with gifts, no coin is made and none is lost."""

from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from ledger.proofs.queries import findings
from ledger.queries import coins_in
from ledger.refusals import Refusal
from tests import given
from wallet.gift.models import Gift
from wallet.gift.operations import (
    cancel_gift,
    claim_gift,
    hold_gift,
    return_expired_gifts,
    send_gift,
)
from wallet.gift.queries import address_of
from wallet.holders.models import Holder
from wallet.holders.queries import main_of

pytestmark = pytest.mark.django_db

HOLDERS = 5
COINS = 300
ACTIONS = 150


def act(chance: Random, holders: list[Holder], place: int) -> None:
    """Do one thing somebody might do, an hour after the one before."""
    now = given.NOW + timedelta(hours=place)
    who = chance.choice(holders)
    gifts = list(Gift.objects.order_by("made_at"))
    gift = chance.choice(gifts) if gifts else None
    wish = chance.choice(["send", "send", "claim", "claim", "cancel", "hold", "sweep"])
    if wish == "send" or gift is None:
        key = UUID(int=chance.randrange(80))
        send_gift(sender=who, amount=chance.randint(-1, 120), key=key, now=now)
    elif wish == "claim":
        claim_gift(gift=gift, claimer=who, now=now)
    elif wish == "cancel":
        cancel_gift(gift=gift, sender=who, now=now)
    elif wish == "hold":
        hold_gift(gift=gift, msisdn=who.numbers.get().msisdn, now=now)
    else:
        return_expired_gifts(now=now, limit=chance.randint(1, 3))


@pytest.mark.parametrize("seed", range(3))
def test_coins_are_conserved_whatever_people_do(seed: int) -> None:
    chance = Random(seed)
    holders = [given.a_holder(coins=COINS) for _ in range(HOLDERS)]
    refused = 0
    for place in range(ACTIONS):
        try:
            act(chance, holders, place)
        except Refusal:
            refused += 1
    states = set(Gift.objects.values_list("state", flat=True))
    assert states == {"open", "claimed", "cancelled", "expired"}
    assert 0 < refused < ACTIONS
    held = sum(coins_in(main_of(holder)) for holder in holders)
    waiting = sum(coins_in(address_of(gift)) for gift in Gift.objects.all())
    assert held + waiting == HOLDERS * COINS
    assert waiting == sum(gift.amount for gift in Gift.objects.filter(state="open"))
    assert [found for found in findings() if not found.is_clean] == []
