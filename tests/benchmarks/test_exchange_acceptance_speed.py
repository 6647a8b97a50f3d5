"""Orders accepted a second by 8 clients, beside single postings through the same driver.

Both are operations of ours in a transaction of their own: a posting moves coins between two of the
people who place the orders. A sale's owner is held to the caps of its line as well.

Each client stays connected, and all do the same for half a second in turn: a machine that others
share changes its pace within seconds, so each turn is compared with the posting just before it.
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
ALL_READY = FORK.Barrier(CLIENTS)
TURN_SECONDS = 0.5
TURNS = round(ROUNDS * SECONDS / TURN_SECONDS)
WARM_UP = 20  # calls are prepared when a connection has repeated them
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
    connections.close_all()
    with ProcessPoolExecutor(CLIENTS, mp_context=FORK) as pool:
        jobs = [pool.submit(_client, market, uuid4().int) for _ in range(CLIENTS)]
        clients = [job.result() for job in jobs]
    done = {
        name: [sum(turn) for turn in zip(*(one[name] for one in clients), strict=True)]
        for name in ACTS
    }
    for name, turns in done.items():
        rate = sum(turns) / TURNS / TURN_SECONDS
        shares = [ours / single for ours, single in zip(turns, done["single posting"], strict=True)]
        low, middle, high = statistics.quantiles(shares, n=4)
        print(  # noqa: T201
            f"\n  {name}: {rate:,.0f}/s, {middle:.2f} of single postings"
            f" (of {TURNS} turns half between {low:.2f} and {high:.2f})"
        )


def _client(market: Market, seed: int) -> dict[str, list[int]]:
    """Do each in turn, and return how often that was in every turn."""
    chance = random.Random(seed)
    done: dict[str, list[int]] = {name: [] for name in ACTS}
    for act in ACTS.values():
        for _ in range(WARM_UP):
            act(market, chance)
    for _ in range(TURNS):
        for name, act in ACTS.items():
            ALL_READY.wait()
            done[name].append(_turn(market, act, chance))
    connections.close_all()
    return done


def _turn(market: Market, act: Act, chance: random.Random) -> int:
    ends_at, done = time.perf_counter() + TURN_SECONDS, 0
    while time.perf_counter() < ends_at:
        act(market, chance)
        done += 1
    return done
