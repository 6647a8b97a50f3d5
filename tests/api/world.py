"""One person who may do everything the API offers, and what to ask for each door of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from rest_framework.test import APIClient

from exchange.orders.models import Book
from tests import given, given_packets
from tests.api import partners, world_holders, world_market, world_notices
from tests.api.doors import Door
from tests.api.offices import OFFICE_BODIES, OFFICE_PLACES, office_places
from tests.carrying import attest
from tests.given_own_data import a_rate
from tests.wallet.convert.world import reachable
from tests.wallet.earn.signing import signed, sponsor_of
from wallet.cases.operations import open_case
from wallet.contacts.operations import add_contact
from wallet.convert.operations import convert_coins, deliver_data
from wallet.earn.models import Earning
from wallet.gift.operations import claim_gift
from wallet.gift.queries import token_for as gift_token
from wallet.holders.models import Holder, Number
from wallet.holders.rules import entry_in, entry_name, opaque_id
from wallet.home.queries import entries_of
from wallet.packets.queries import token_for as token_of_packet
from wallet.rollover.operations.deposits import deposit_surplus
from wallet.rollover.operations.savings import save_as_coins
from wallet.rollover.operations.take_backs import take_back
from wallet.sponsors.queries import secret_of

COINS = 1_000
MB = 1_000
KEY_ASKED = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"


@dataclass
class World:
    """A person with coins, data, an attested package, a book to trade in and a task to do."""

    def __post_init__(self) -> None:
        self.now = timezone.now()
        self.sessions: dict[UUID, str] = {}
        given.open_ledger(now=self.now)
        reachable("CT")
        month = given.this_month()
        self.book: Book = given.a_book(month=month, now=self.now)
        self.me: Holder = given.a_trader(coins=COINS, now=self.now)
        self.number: Number = self.me.numbers.get()
        attest(self.number, month=month, as_of=f"{month:%Y-%m}-01")
        given.give_surplus(self.number, MB, month=month, now=self.now)
        a_rate("CT", 80)
        self.data = given.give_data(self.me, MB, month=month, now=self.now)

    @cached_property
    def earning(self) -> Earning:
        """A task that I started."""
        return given.an_earning(holder=self.me, now=self.now)

    def client(self, who: Holder | None = None) -> APIClient:
        """Return a client signed in as me, or as somebody else, that sees faults as answers.

        Signing in costs as much as asking: one's session serves until it is ended.
        """
        holder = who or self.me
        key = self.sessions.get(holder.pk, "")
        if key and Session.objects.filter(pk=key).exists():
            client = APIClient()
            client.cookies[settings.SESSION_COOKIE_NAME] = key
        else:
            client = given.client_of(holder)
            self.sessions[holder.pk] = client.cookies[settings.SESSION_COOKIE_NAME].value
        client.raise_request_exception = False
        return client

    def places(self, door: Door) -> dict[str, str]:
        """Return what a door's path leaves open, filled in."""
        if door.name in OFFICE_PLACES:
            return office_places(door.name, door.places, self)
        several = {**world_holders.SEVERAL, **partners.SEVERAL}.get(door.name)
        if several:
            return {name: several[name](self) for name in door.places}
        return {name: PLACES[door.name](self) for name in door.places}

    def body(self, door: Door) -> dict[str, Any]:
        """Return what a door takes."""
        return BODIES[door.name](self) if door.body else {}

    def ask(
        self,
        door: Door,
        *,
        body: object = None,
        places: dict[str, str] | None = None,
        who: Holder | None = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Ask at a door what it takes, but for what is given here."""
        asked = self.body(door) if body is None else body
        path = door.path.format(**(self.places(door) if places is None else places))
        client = self.client(who)
        if door.method == "get":
            return client.get(path)
        content = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
        return client.post(
            path,
            content,
            content_type="application/json",
            headers={**self.headers(door, content), **(headers or {})},
        )

    def headers(self, door: Door, content: bytes) -> dict[str, str]:
        """Return a key, or the signature, where a door wants one."""
        if not door.has_key and "webhook-signature" in door.parameters:
            text = content.decode(errors="replace")
            return signed(text, secret=secret_of(sponsor_of(self.earning)))
        return {"Idempotency-Key": str(uuid4())} if door.has_key else {}


def _gift(world: World) -> str:
    gift = given.a_gift(sender=world.me, coins=10, now=world.now)
    return opaque_id("gft", gift.pk)


def _received(world: World) -> str:
    gift = claim_gift(gift=given.a_gift(now=world.now), claimer=world.me, now=world.now)
    return opaque_id("gft", gift.pk)


def _packet(world: World) -> str:
    packet = given_packets.a_packet(sender=world.me, coins=10, shares=2, now=world.now)
    return opaque_id("pkt", packet.pk)


def _conversion(world: World) -> str:
    row = convert_coins(
        holder=world.me, msisdn=world.number.msisdn, coins=10, key=uuid4(), now=world.now
    )
    return opaque_id("cnv", row.pk)


def _delivery(world: World) -> str:
    row = deliver_data(
        holder=world.me,
        asset=world.data,
        mb=10,
        msisdn=world.number.msisdn,
        key=uuid4(),
        now=world.now,
    )
    return opaque_id("dlv", row.pk)


def _own(world: World) -> dict[str, Any]:
    return {"number": world.number, "package": given.PACKAGE, "mb": 10}


def _deposit(world: World) -> str:
    row = deposit_surplus(holder=world.me, key=uuid4(), now=world.now, **_own(world))
    return opaque_id("dep", row.pk)


def _take_back(world: World) -> str:
    row = take_back(holder=world.me, key=uuid4(), now=world.now, **_own(world))
    return opaque_id("tkb", row.pk)


def _contact(world: World) -> str:
    row = add_contact(owner=world.me, name="阿梅", msisdn="13800138000", now=world.now)
    return opaque_id("ctc", row.pk)


def _saving(world: World) -> str:
    row = save_as_coins(holder=world.me, key=uuid4(), now=world.now, **_own(world))
    return opaque_id("sav", row.pk)


def _asked(world: World) -> str:
    world.client().post("/api/v1/gifts", {"amount": 1}, headers={"Idempotency-Key": KEY_ASKED})
    return KEY_ASKED


def _own_entry(world: World) -> str:
    given.give_coins(world.me, 1, now=world.now)
    entry = entries_of(world.me).first()
    assert entry is not None
    return entry_name(entry.pk)


def _case(world: World) -> str:
    row = open_case(
        holder=world.me,
        entry_id=entry_in(_own_entry(world)),
        text="少了 50 币",
        key=uuid4(),
        now=world.now,
    )
    return opaque_id("cas", row.pk)


def _transaction(world: World) -> str:
    given.give_coins(world.me, 1, now=world.now)
    return opaque_id("txn", entries_of(world.me)[0].transaction_id)


PLACES: dict[str, Callable[[World], str]] = {
    **partners.PLACES,
    **world_holders.PLACES,
    **world_market.PLACES,
    "case": _case,
    "cancel_gift": _gift,
    "claim_gift": lambda world: gift_token(given.a_gift(now=world.now)),
    "join_waiting_list": lambda _world: "CU",
    "leave_waiting_list": lambda _world: "CU",
    "conversions_retrieve": _conversion,
    "deliveries_retrieve": _delivery,
    "deposits_retrieve": _deposit,
    "earnings_retrieve": lambda world: opaque_id("ern", world.earning.pk),
    "gift": _gift,
    "gift_link": lambda world: gift_token(given.a_gift(now=world.now)),
    "open_packet": lambda world: token_of_packet(given_packets.a_packet(now=world.now)),
    "month_statement": lambda _: f"{given.this_month():%Y-%m}",
    "packet": _packet,
    "packet_link": lambda world: token_of_packet(given_packets.a_packet(now=world.now)),
    "receipt": _transaction,
    "receive_postback": lambda world: opaque_id("hld", sponsor_of(world.earning).pk),
    "remove_contact": _contact,
    "request": _asked,
    "savings_retrieve": _saving,
    "take_backs_retrieve": _take_back,
    "tasks_retrieve": lambda world: opaque_id("tsk", world.earning.task_id),
    "thank_sender": _received,
}


def _own_data(world: World) -> dict[str, Any]:
    return {**_own(world), "number": opaque_id("num", world.number.pk)}


def _postback(world: World) -> dict[str, Any]:
    happened = {"earning": opaque_id("ern", world.earning.pk), "event": "install"}
    return {"type": "earning.event", "timestamp": f"{world.now:%FT%TZ}", "data": happened}


#: Every field a door knows is named, so that each can be spoilt.
BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    **partners.BODIES,
    **world_holders.BODIES,
    **world_notices.BODIES,
    **OFFICE_BODIES,
    **world_market.BODIES,
    "add_contact": lambda _world: {"name": "阿梅", "msisdn": "13800138000"},
    "answer_roll": lambda world: {
        "number": opaque_id("num", world.number.pk),
        "month": f"{given.this_month():%Y-%m}",
        "rolls": True,
    },
    "conversions_create": lambda world: {
        "msisdn": world.number.msisdn,
        "coins": 10,
        "carrier": "CT",
    },
    "deliveries_create": lambda world: {
        "asset": world.data,
        "mb": 10,
        "msisdn": world.number.msisdn,
        "carrier": "CT",
    },
    "deposits_create": _own_data,
    "import_contacts": lambda _world: {"text": "阿梅 13800138000"},
    "open_case": lambda world: {"entry": _own_entry(world), "text": "少了 50 币"},
    "receive_postback": _postback,
    "send_gift": lambda world: {
        "asset": f"SURPLUS-CT-{given.this_month():%Y-%m}",
        "amount": 10,
        "greeting": "早",
        "locked_to": "13800001234",
        "number": opaque_id("num", world.number.pk),
        "package": given.PACKAGE,
    },
    "send_packet": lambda _: {"kind": "lucky", "coins": 10, "shares": 2, "greeting": "早"},
    "start_task": lambda world: {"task": opaque_id("tsk", given.a_task(now=world.now).pk)},
    "savings_create": _own_data,
    "take_backs_create": _own_data,
    "wish_roll": lambda world: {"number": opaque_id("num", world.number.pk), "asks": True},
}
