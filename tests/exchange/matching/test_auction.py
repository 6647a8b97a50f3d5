"""A call auction picks its price as REPLAY states, and pairs from the front."""

import pytest

from exchange.matching.rules import Clearing, Matcher, Report, Side, Trade, Uncrossed
from exchange.matching.rules.auction import clearing_of

Levels = dict[int, int]

# Quantities and answers of CME Group's "Application of the Indicative Opening Price Rules".
MOST_VOLUME = (
    {51: 10, 50: 20, 49: 30, 48: 40, 47: 50, 46: 70, 45: 100, 44: 1, 43: 30},
    {51: 30, 50: 100, 49: 1, 48: 25, 47: 1, 46: 100, 45: 90, 44: 4, 43: 6},
    Clearing(price=46, volume=200),
)
LEAST_IMBALANCE = (
    {51: 10, 50: 20, 49: 30, 48: 40, 47: 50, 46: 30, 45: 100, 44: 1, 43: 30},
    {51: 30, 50: 100, 49: 1, 48: 25, 46: 50, 45: 90, 44: 4, 43: 6},
    Clearing(price=47, volume=150),
)
SURPLUS_OF_BUYS = (
    {51: 10, 50: 20, 49: 30, 48: 40, 47: 80, 45: 20, 44: 30, 43: 30},
    {51: 30, 50: 100, 49: 1, 48: 25, 46: 50, 45: 90, 44: 4, 43: 6},
    Clearing(price=47, volume=150),
)


@pytest.mark.parametrize("bids,asks,answer", [MOST_VOLUME, LEAST_IMBALANCE, SURPLUS_OF_BUYS])
def test_published_examples(bids: Levels, asks: Levels, answer: Clearing) -> None:
    assert clearing_of(bids=bids.items(), asks=asks.items(), reference=None) == answer


@pytest.mark.parametrize(
    "bids,asks,reference,price",
    [
        pytest.param({12: 5}, {8: 9}, None, 8, id="surplus of sells: lowest"),
        pytest.param({12: 9}, {8: 5}, None, 12, id="surplus of buys: highest"),
        pytest.param({12: 9}, {8: 5}, 9, 12, id="a surplus goes before the reference"),
        pytest.param({13: 5}, {8: 5}, None, 10, id="balanced: the middle, rounded down"),
        pytest.param({13: 5}, {8: 5}, 11, 11, id="balanced: the reference itself"),
        pytest.param({13: 5}, {8: 5}, 2, 8, id="reference below the tied prices"),
        pytest.param({13: 5}, {8: 5}, 99, 13, id="reference above the tied prices"),
        pytest.param(
            {12: 5, 9: 3}, {7: 5, 11: 3}, None, 9, id="surplus on either side: the middle"
        ),
        pytest.param({12: 6, 10: 2}, {8: 6, 10: 2}, None, 10, id="all of both sides at one"),
    ],
)
def test_ties(bids: Levels, asks: Levels, reference: int | None, price: int) -> None:
    answer = clearing_of(bids=bids.items(), asks=asks.items(), reference=reference)
    assert answer is not None
    assert answer.price == price


@pytest.mark.parametrize("bids,asks", [({}, {}), ({5: 1}, {}), ({}, {5: 1}), ({5: 1}, {6: 1})])
def test_a_book_that_does_not_cross_has_no_clearing(bids: Levels, asks: Levels) -> None:
    assert clearing_of(bids=bids.items(), asks=asks.items(), reference=5) is None


def in_call(*orders: tuple[str, Side, int, int]) -> Matcher:
    """Return a matcher in call, with orders of one group that name themselves."""
    matcher = Matcher(phase="call", stp="cancel_both")
    for order_id, side, price, quantity in orders:
        matcher.new(order_id=order_id, side=side, price=price, quantity=quantity, group="one")
    return matcher


def test_an_uncross_pairs_in_price_time_order_at_one_price() -> None:
    matcher = in_call(
        ("late", "B", 10, 3), ("first", "B", 12, 4), ("low", "B", 9, 5), ("s", "S", 9, 2),
        ("t", "S", 10, 5),
    )  # fmt: skip

    assert matcher.uncross() == [
        Uncrossed(10, 7),
        Trade("first", "s", "B", 10, 2, 2),
        Trade("first", "t", "B", 10, 2, 0),
        Trade("late", "t", "B", 10, 3, 0),
    ]
    assert [order.order_id for order in matcher.open_orders()] == ["low"]


def test_self_trade_modes_do_not_apply_to_an_uncross() -> None:
    matcher = in_call(("b", "B", 10, 1), ("s", "S", 10, 1))
    assert matcher.uncross() == [Uncrossed(10, 1), Trade("b", "s", "B", 10, 1, 0)]


def test_an_uncross_of_nothing_says_so() -> None:
    assert in_call(("b", "B", 9, 1), ("s", "S", 10, 1)).uncross() == [Uncrossed(None, None)]


def test_leaving_a_call_matches_nothing_by_itself() -> None:
    matcher = in_call(("b", "B", 10, 1), ("s", "S", 9, 1))
    nothing: list[Report] = []
    assert matcher.phase(phase="continuous") == nothing
    assert [order.order_id for order in matcher.open_orders()] == ["b", "s"]
