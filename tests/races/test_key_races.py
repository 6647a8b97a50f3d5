"""Eight requests bring one key for the first time at the same moment: one of them is done, once."""

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import partial
from itertools import islice
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from exchange.orders.models import Order
from exchange.orders.operations import place_order
from ledger.models import Transaction
from ledger.proofs.queries import findings
from ledger.queries import coins_in
from ledger.refusals import KeyReused
from tests.given import NOW, a_book, a_trader, client_of
from tests.races.threads import at_once, in_thread
from wallet.gift.models import Gift
from wallet.gift.operations import send_gift
from wallet.holders.models import Holder
from wallet.holders.queries import main_of
from wallet.holders.rules import opaque_id

pytestmark = pytest.mark.own_database

ASKED = 8
COINS = 1_000
PLACES = range(ASKED)
SECONDS_MAX = 60
Ask = Callable[[int], Any]


@dataclass(frozen=True)
class Door:
    """A door that moves coins: its path, a body of each place's own, and what that body costs."""

    path: str
    body: Callable[[int], dict[str, object]]
    cost: Callable[[int], int]
    model: Any
    kind: str


def _gifts() -> Door:
    return Door("gifts", lambda n: {"amount": 30 + n}, lambda n: 30 + n, Gift, "gift")


def _orders() -> Door:
    book = opaque_id("bok", a_book().pk)
    terms = {"book": book, "kind": "limit", "side": "buy", "lots": 1}
    # At a price below 100 coins the fee of one lot is a coin.
    return Door(
        "orders",
        lambda n: {**terms, "price_coins": 60 + n},
        lambda n: 61 + n,
        Order,
        "order_place",
    )


@pytest.fixture(autouse=True)
def _the_tests_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.mark.parametrize("door_of", [_gifts, _orders])
def test_the_same_request_is_done_once_and_answered_alike(door_of: Callable[[], Door]) -> None:
    door, holder = door_of(), a_trader(coins=COINS)
    ask = _asking(holder, door, bodies=dict.fromkeys(PLACES, door.body(0)))
    first, early = _raced(holder, ask)
    assert _tally(early) == {(409, "request_in_flight"): ASKED - 1}
    assert first.status_code == 201, first.json()
    later = [ask(place) for place in PLACES]
    assert [one.json() for one in later] == [first.json()] * ASKED
    assert {one.headers["Idempotent-Replayed"] for one in later} == {"true"}
    _assert_done_once(holder, door, coins=door.cost(0))


@pytest.mark.parametrize("door_of", [_gifts, _orders])
def test_of_other_requests_with_one_key_one_is_done(door_of: Callable[[], Door]) -> None:
    door, holder = door_of(), a_trader(coins=COINS)
    ask = _asking(holder, door, bodies={place: door.body(place) for place in PLACES})
    first, early = _raced(holder, ask)
    assert _tally(early) == {(422, "key_reused"): ASKED - 1}
    assert first.status_code == 201, first.json()
    later = _tally([ask(place) for place in PLACES])
    assert later == {(201, first.json()["id"]): 1, (422, "key_reused"): ASKED - 1}
    (winner,) = (place for place in PLACES if ask(place).status_code == 201)
    _assert_done_once(holder, door, coins=door.cost(winner))


def test_of_other_gifts_and_orders_by_pages_with_one_key_one_is_made() -> None:
    book, holder = a_book(), a_trader(coins=COINS)

    def give(place: int) -> int:
        return send_gift(sender=holder, amount=30 + place, key=gifts, now=NOW).amount

    def buy(place: int) -> int:
        price = 60 + place
        return place_order(
            holder=holder, book=book, side="B", price_coins=price, lots=1, key=orders, now=NOW
        ).price_coins

    left, gifts, orders = COINS, uuid4(), uuid4()
    for work, fee, model in ((give, 0, Gift), (buy, 1, Order)):
        made = at_once(work, threads=ASKED)
        (coins,) = (one for one in made if isinstance(one, int))
        assert sum(isinstance(one, KeyReused) for one in made) == ASKED - 1, made
        left -= coins + fee
        assert (model.objects.count(), coins_in(main_of(holder))) == (1, left)


def _asking(holder: Holder, door: Door, *, bodies: Mapping[int, dict[str, object]]) -> Ask:
    """Return how each of eight clients of one holder asks, with one key for all."""
    clients, key = [client_of(holder) for _ in PLACES], str(uuid4())
    path, headers = f"/api/v1/{door.path}", {"Idempotency-Key": key}
    return lambda n: clients[n].post(path, bodies[n], headers=headers)


def _raced(holder: Holder, ask: Ask) -> tuple[Any, list[Any]]:
    """Let all ask at the same moment; return the answer of the one at work, and the others'.

    It waits for the holder's row until all others are answered: were there two, some answer lacked.
    """
    barrier = Barrier(ASKED)

    def attempt(place: int) -> Any:
        barrier.wait()
        return ask(place)

    with transaction.atomic():
        Holder.objects.select_for_update(no_key=True).get(pk=holder.pk)
        asked = [in_thread(partial(attempt, place)) for place in PLACES]
        early = list(islice(as_completed(asked, timeout=SECONDS_MAX), ASKED - 1))
        (at_work,) = set(asked) - set(early)
        assert not at_work.done()
    return at_work.result(timeout=SECONDS_MAX), [one.result() for one in early]


def _tally(answers: list[Any]) -> Counter[tuple[int, str]]:
    """Count answers by status, and by code or by what was made."""
    read = [(one.status_code, one.json()) for one in answers]
    return Counter((status, body.get("code") or body["id"]) for status, body in read)


def _assert_done_once(holder: Holder, door: Door, *, coins: int) -> None:
    posted = Transaction.objects.filter(actor=f"holder/{holder.pk}")
    assert (door.model.objects.count(), posted.count()) == (1, 1)
    assert coins_in(main_of(holder)) == COINS - coins
    assert [found.name for found in findings() if not found.is_clean] == []
