"""C2: contacts and relations, gifts by contact, link, code and poster; no coin is made or lost.

`make gifts` plays 10,000 random gifts; the suite plays fewer of the same.
"""

import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from ledger.models import Balance
from ledger.proofs.queries import findings
from ledger.queries import coins_in
from ledger.refusals import Refusal
from ledger.rules import COIN
from tests import given
from tests.given_gifts import a_contact
from wallet.gift.models import Gift
from wallet.gift.operations import (
    cancel_gift,
    claim_gift,
    hold_gift,
    return_expired_gifts,
    send_gift,
    send_own_data,
)
from wallet.gift.queries import gifts_waiting_for, relations_of
from wallet.holders.models import Holder, TextMessage
from wallet.holders.queries import balances_of, main_of
from wallet.holders.rules import opaque_id

pytestmark = pytest.mark.django_db

GIFTS = int(os.environ.get("GIFTS", "500"))
PEOPLE = 40
BEGINS = given.NOW.replace(day=2)
OWN_DATA_SHARE = 0.2
ENDED_SHARE = 0.9
DAYS = 24  # within one month, so that no data expires


@dataclass
class Play:
    """People with coins, data, vouchers and own data, who give each other at random."""

    chance: Random
    now: datetime = BEGINS
    people: list[Holder] = field(default_factory=list)
    open: list[Gift] = field(default_factory=list)
    claimed: list[Gift] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for place in range(PEOPLE):
            carrier = ("CT", "CU", "CM", "MV")[place % 4]
            holder = given.a_holder(coins=2_000, tier=2, carrier=carrier, now=self.now)
            given.give_data(holder, 1_000, carrier=carrier, now=self.now)
            given.give_data(holder, 1_000, goods="VOUCHER", carrier=carrier, now=self.now)
            given.give_surplus(holder.numbers.get(), 1_000, now=self.now)
            self.people.append(holder)

    def gift(self) -> None:
        """Make one gift of something, for anybody or for one friend."""
        sender = self.chance.choice(self.people)
        balances = balances_of(sender)
        asked: dict[str, Any] = {
            "sender": sender,
            "amount": self.chance.randint(1, 60),
            "key": UUID(int=self.chance.getrandbits(128)),
            "now": self.now,
            **self.friend(sender),
        }
        if balances.lines and self.chance.random() < OWN_DATA_SHARE:
            line = balances.lines[0]
            gift = send_own_data(
                number=line.number, package=line.package, asset=line.asset, **asked
            )
        else:
            asset = self.chance.choice([COIN, COIN, *(goods.asset for goods in balances.goods)])
            gift = send_gift(asset=asset, **asked)
        self.open.append(gift)

    def friend(self, sender: Holder) -> dict[str, object]:
        """Name who alone may claim: a number, the friend of an earlier gift, or nobody alone."""
        theirs = [one for one in self.claimed if sender.pk in (one.sender_id, one.claimer_id)]
        wish = self.chance.choice(["link", "link", "number", "friend"])
        if wish == "friend" and theirs:
            return {"friend_of": self.chance.choice(theirs)}
        if wish == "number":
            return {"locked_to": self.chance.choice(self.people).numbers.get().msisdn}
        return {}

    def end(self) -> None:
        """Do to an open gift what somebody might do: claim, hold, cancel, or nothing."""
        gift, who = self.chance.choice(self.open), self.chance.choice(self.people)
        wish = self.chance.choice(["claim", "claim", "right", "right", "hold", "cancel"])
        if wish == "right":
            who = self.meant(gift) or who
        if wish in {"claim", "right"}:
            self.claimed.append(claim_gift(gift=gift, claimer=who, now=self.now))
            self.open.remove(gift)
        elif wish == "hold":
            hold_gift(gift=gift, msisdn=given.an_msisdn(), now=self.now)
            claim_gift(gift=gift, claimer=who, now=self.now + timedelta(minutes=2))
        else:
            cancel_gift(gift=gift, sender=gift.sender, now=self.now)
            self.open.remove(gift)

    def meant(self, gift: Gift) -> Holder | None:
        """Return who alone may claim a gift."""
        if gift.locked_to:
            return Holder.objects.get(numbers__msisdn=gift.locked_to)
        return gift.for_holder

    def tried(self, act: Callable[[], None]) -> bool:
        """Do something that may be refused."""
        try:
            act()
        except Refusal as refusal:
            self.refused[refusal.code] += 1
            return False
        return True


def held() -> Counter[str]:
    """Return what people and gifts hold: coins, and MB by goods and carrier.

    Own data that was given arrives as DATA: the two count as one.
    """
    amounts: Counter[str] = Counter()
    rows = Balance.objects.filter(account__address__regex="^(holder|line|gift)/")
    for asset, amount in rows.values_list("account__asset", "balance"):
        amounts[asset.replace("SURPLUS", "DATA")] += amount
    return amounts


def test_random_gifts_conserve_every_coin_and_megabyte() -> None:
    play = Play(Random(20261121))
    before, step = held(), timedelta(days=DAYS) / GIFTS
    assert before["COIN"] == PEOPLE * 2_000
    made = tries = 0
    while made < GIFTS:
        made += play.tried(play.gift)
        tries += 1
        assert tries < 2 * GIFTS
        if play.open and play.chance.random() < ENDED_SHARE:
            play.tried(play.end)
        play.now = BEGINS + step * made
        if made % 20 == 0:
            return_expired_gifts(now=play.now)
            play.open = [gift for gift in play.open if gift.expires_at > play.now]
    assert Gift.objects.count() == GIFTS
    assert held() == before
    assert {"claimed", "cancelled", "expired"} <= set(Gift.objects.values_list("state", flat=True))
    assert {"gift_locked", "gift_held", "own_gift"} <= set(play.refused)
    assert Gift.objects.filter(for_holder__isnull=False, state="claimed").exists()
    assert [found for found in findings() if not found.is_clean] == []


def test_a_gift_goes_by_contact_link_code_and_poster_to_somebody_new(settings: Settings) -> None:
    settings.TEXT_GATEWAY = "wallet.holders.texts.ShownTexts"
    cache.clear()
    given.open_ledger_today()
    giver, kept = given.a_holder(coins=100), given.a_holder()
    client = given.client_of(giver)
    contact = opaque_id("ctc", a_contact(giver, kept).pk)
    for to in (contact, ""):
        form = {"what": "COIN", "amount": "20", "to": to, "key": str(UUID(int=bool(to)))}
        assert client.post("/gifts/new/", form, format="multipart").status_code == 302
    (waiting,) = gifts_waiting_for(kept, now=timezone.now())
    claim_gift(gift=waiting, claimer=kept, now=timezone.now())
    page = client.get("/gifts/new/")
    assert "阿梅" in page.content.decode()

    listed = client.get("/api/v1/gifts").json()["results"]
    link = next(row["link"] for row in listed if not row["locked"])
    path = "/" + link.split("/", 3)[3]
    new, msisdn = Client(), given.an_msisdn(carrier="CM")
    for picture in ("qr.png", "poster.png"):
        assert new.get(f"{path}{picture}")["Content-Type"] == "image/png"
    new.post(f"{path}phone/", {"phone": msisdn})
    text = TextMessage.objects.filter(phone=f"+86{msisdn}").latest("id")
    code = re.search(r"\d{6}", text.body)
    assert code is not None
    new.post(f"{path}code/", {"code": code[0]})
    friend = Holder.objects.get(numbers__msisdn=msisdn)
    assert (coins_in(main_of(friend)), coins_in(main_of(giver))) == (20, 60)
    assert sorted(one.name for one in relations_of(giver)) == sorted(
        ["阿梅", str(friend.numbers.get())]
    )
