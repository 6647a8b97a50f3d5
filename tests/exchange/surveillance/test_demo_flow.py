"""In a month as the demo plays it, what was planted is found and hardly anything else."""

from uuid import UUID

import pytest

from tests.exchange.surveillance.market import Market, demo_flow, findings, placed, somebody
from tests.exchange.surveillance.planted import layers, mark_of_the_close, ramp_and_sell, wash

# Holders beyond those who play the month.
WASHERS, RING, LAYERER, CARRIER, MARKER = (501, 502), (511, 512, 513), 521, 531, 541


@pytest.mark.parametrize("seed", ["one", "two"])
def test_honest_trade_raises_next_to_nothing(seed: str) -> None:
    markets, links = demo_flow(orders=2_500, seed=seed)
    false = [one for market in markets for one in findings(market, links=links)]
    assert placed(markets) > 2_000
    assert sum(market.trades for market in markets) > 1_000
    assert len(false) * 10_000 <= placed(markets)


def test_all_that_was_planted_among_honest_trade_is_found_and_nothing_else() -> None:
    markets, links = demo_flow(orders=2_500, seed="three")
    market = max(markets, key=lambda one: one.trades)
    _take_in(market)
    wash(market, WASHERS, price=60)
    market.wait(600)
    wash(market, RING, price=61)
    market.wait(4_000)
    layers(market, LAYERER, touch=58, victim=601)
    market.wait(4_000)
    ramp_and_sell(market, CARRIER, begins=55)
    market.wait(8_000)
    mark_of_the_close(market, MARKER, begins=55)
    found = [
        (one.kind, set(one.holders)) for each in markets for one in findings(each, links=links)
    ]
    planted: list[tuple[str, set[UUID]]] = [
        ("wash", set(map(somebody, WASHERS))),
        ("wash", set(map(somebody, RING))),
        ("layering", {somebody(LAYERER)}),
        ("ramp", {somebody(CARRIER)}),
        ("ramp", {somebody(MARKER)}),
    ]
    assert found == planted


def _take_in(market: Market) -> None:
    """Let everybody take the orders back that rest, so that those planted meet each other."""
    for order in list(market.orders):
        market.cancel(order)
    market.wait(90_000)
