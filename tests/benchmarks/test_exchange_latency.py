"""How long from an order's acceptance to the commit that books its trades, and the writer's memory.

Clients offer orders at a rate, each at its own times; one writer runs as its task runs it. An
order's wait ends when the batch that has its event is committed. BENCH_OFFERED (100,1000) are the
orders offered a second, BENCH_LATENCY_SECONDS (10) how long.
"""

import os
import random
import resource
import time
from bisect import bisect_left
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections

from exchange.matching import tasks
from exchange.matching.operations import book_batch, release_book, take_book
from exchange.orders.models import Order, Turn
from exchange.orders.operations import Line, place_order
from tests import given
from tests.benchmarks.books import require_a_durable_server
from tests.benchmarks.market import LOTS_MAX, MIDDLE_COINS, SPREAD_COINS, Market, a_market, accept

pytestmark = pytest.mark.own_database
OFFERED = tuple(int(one) for one in os.environ.get("BENCH_OFFERED", "100,1000").split(","))
SECONDS = int(os.environ.get("BENCH_LATENCY_SECONDS", "10"))
RESTING = 20_000
CLIENTS = 8
FORK = get_context("fork")


def test_from_acceptance_to_the_fill() -> None:
    require_a_durable_server()
    market = a_market()
    for offered in OFFERED:
        accepted, fills = _run(market, offered)
        waits = sorted(_waits(accepted, fills))
        rate = len(accepted) / SECONDS
        half, late = waits[len(waits) // 2] * 1000, waits[len(waits) * 99 // 100] * 1000
        print(  # noqa: T201
            f"\n  {offered} orders/s offered: {rate:,.0f} accepted a second,"
            f" accepted to booked p50 {half:.0f} ms, p99 {late:.0f} ms"
        )


def test_memory_of_the_writer() -> None:
    require_a_durable_server()
    market, chance = a_market(), random.Random(1)
    sizes = []
    for _ in range(2):
        accept(market, orders=RESTING, chance=chance)
        here, there = FORK.Pipe()
        _wait_for([_start(_tell_memory, market.book.pk, there)])
        sizes.append(here.recv())
    for orders, peak_mb, grown_kb in sizes:
        print(  # noqa: T201
            f"\n  {orders:,} open orders: the writer's peak is {peak_mb} MB,"
            f" {grown_kb * 1024 // max(orders, 1):,} bytes an open order over its start"
        )


def _tell_memory(book_id: UUID, pipe: Any) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    memory = take_book(book_id=book_id, now=given.NOW)
    assert memory is not None
    while book_batch(memory=memory, now=given.NOW) is not None:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pipe.send((len(memory.orders), peak // 1024, peak - before))
    release_book(memory)


def _run(market: Market, offered: int) -> tuple[dict[UUID, float], list[tuple[int, float]]]:
    """Return when each order was accepted, and when the book's cursor came to where."""
    here, there = FORK.Pipe()
    told, stop = FORK.Queue(), FORK.Event()
    writer = _start(_write, market.book.pk, there, stop)
    starts_at = time.monotonic() + 2
    clients = [
        _start(_offer, market, place, offered / CLIENTS, starts_at, told)
        for place in range(CLIENTS)
    ]
    accepted: dict[UUID, float] = {}
    for _ in clients:
        accepted |= told.get()
    _wait_for(clients)
    stop.set()
    fills = here.recv()
    _wait_for([writer])
    return accepted, fills


def _offer(market: Market, place: int, rate: float, starts_at: float, told: Any) -> None:
    """Place orders at random instants, so many a second; a late one is placed at once."""
    chance, due, accepted = random.Random(place), starts_at, {}
    while (due := due + chance.expovariate(rate)) < starts_at + SECONDS:
        time.sleep(max(0.0, due - time.monotonic()))
        order = _placed(market, chance)
        accepted[order.pk] = time.monotonic()
    told.put(accepted)


def _placed(market: Market, chance: random.Random) -> Order:
    number = chance.choice(market.numbers) if chance.random() < 0.5 else None
    holder = chance.choice(market.buyers) if number is None else number.holder
    assert holder is not None
    return place_order(
        holder=holder,
        book=market.book,
        side=Order.Side.BUY if number is None else Order.Side.SELL,
        price_coins=MIDDLE_COINS + chance.randint(-SPREAD_COINS, SPREAD_COINS),
        lots=chance.randint(1, LOTS_MAX),
        line=Line(number=number, package=given.PACKAGE) if number else None,
        key=uuid4(),
        now=given.NOW,
    )


def _write(book_id: UUID, pipe: Any, stop: Any) -> None:
    """Write batches as the task does, noting each commit, until told to stop and nothing waits."""
    memory, fills = take_book(book_id=book_id, now=given.NOW), []
    assert memory is not None
    cursor = memory.cursor
    while True:
        if (count := book_batch(memory=memory, now=given.NOW)) is not None:
            cursor += count
            fills.append((cursor, time.monotonic()))
        elif stop.is_set():
            break
        else:
            time.sleep(tasks.POLL_SECONDS)
    release_book(memory)
    pipe.send(fills)


def _waits(accepted: dict[UUID, float], fills: list[tuple[int, float]]) -> list[float]:
    cursors = [cursor for cursor, _ in fills]
    turns = Turn.objects.filter(event__order__in=accepted).values_list("event__order", "number")
    return [
        fills[bisect_left(cursors, number)][1] - accepted[order]
        for order, number in turns.iterator()
    ]


def _start(work: Callable[..., None], *arguments: object) -> ForkProcess:
    connections.close_all()
    process = FORK.Process(target=_alone, args=(work, arguments))
    process.start()
    return process


def _alone(work: Callable[..., None], arguments: tuple[object, ...]) -> None:
    work(*arguments)
    connections.close_all()


def _wait_for(processes: list[ForkProcess]) -> None:
    for process in processes:
        process.join()
        assert process.exitcode == 0
