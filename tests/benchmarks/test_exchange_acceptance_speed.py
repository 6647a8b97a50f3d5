"""Orders accepted a second by 8 clients, beside single postings through the same driver.

Both are operations of ours in a transaction of their own: a posting moves coins between two of the
people who place the orders. A sale's owner is held to the caps of its line as well.
"""

import random
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from uuid import uuid4

import pytest
from django.db import connections, transaction

from exchange.orders.operations import Line, place_order
from ledger.operations import post
from ledger.rules import COIN, Posting, move
from tests import given
from tests.benchmarks.books import ROUNDS, SECONDS, require_a_durable_server
from tests.benchmarks.market import MIDDLE_COINS, Market, a_market
from wallet.holders.queries import main_of

pytestmark = pytest.mark.own_database
CLIENTS = 8
FORK = get_context("fork")
ALL_CONNECTED = FORK.Barrier(CLIENTS + 1)
Act = Callable[[Market, random.Random], None]


def _post(market: Market, chance: random.Random) -> None:
    giver, taker = chance.sample(market.buyers, 2)
    legs = move(asset=COIN, amount=1, source=main_of(giver), target=main_of(taker))
    with transaction.atomic():
        post(
            Posting(
                id=uuid4(),
                kind="gift_send",
                at=given.NOW,
                actor=f"holder/{giver.pk}",
                legs=legs,
                metadata={"gift": str(uuid4())},
            )
        )


def _buy(market: Market, chance: random.Random) -> None:
    place_order(
        holder=chance.choice(market.buyers),
        book=market.book,
        side="B",
        price_coins=MIDDLE_COINS,
        lots=1,
        key=uuid4(),
        now=given.NOW,
    )


def _sell(market: Market, chance: random.Random) -> None:
    number = chance.choice(market.numbers)
    assert number.holder is not None
    place_order(
        holder=number.holder,
        book=market.book,
        side="S",
        price_coins=MIDDLE_COINS,
        lots=1,
        line=Line(number=number, package=given.PACKAGE),
        key=uuid4(),
        now=given.NOW,
    )


ACTS: dict[str, Act] = {"single posting": _post, "buys": _buy, "sells": _sell}


def test_acceptances_a_second() -> None:
    require_a_durable_server()
    market = a_market()
    taken: dict[str, list[float]] = {name: [] for name in ACTS}
    for _ in range(ROUNDS):
        for name, act in ACTS.items():
            taken[name].append(_rate(market, act))
    middle = {name: statistics.median(rates) for name, rates in taken.items()}
    for name, rates in taken.items():
        every = ", ".join(f"{rate:,.0f}" for rate in rates)
        print(  # noqa: T201
            f"\n  {name}: {middle[name]:,.0f}/s ({every}),"
            f" {middle[name] / middle['single posting']:.2f} of single postings"
        )


def _rate(market: Market, act: Act) -> float:
    connections.close_all()
    with ProcessPoolExecutor(CLIENTS, mp_context=FORK) as pool:
        jobs = [pool.submit(_client, market, act, uuid4().int) for _ in range(CLIENTS)]
        ALL_CONNECTED.wait()
        return sum(job.result() for job in jobs) / SECONDS


def _client(market: Market, act: Act, seed: int) -> int:
    """Act for as long as is measured, and return how often that was."""
    chance, done = random.Random(seed), 0
    act(market, chance)
    ALL_CONNECTED.wait()
    ends_at = time.perf_counter() + SECONDS
    while time.perf_counter() < ends_at:
        act(market, chance)
        done += 1
    connections.close_all()
    return done
