"""What each kind of order does, spelled out: priority, what rests, what is cancelled."""

import pytest

from exchange.matching.rules import (
    Accepted,
    Cancelled,
    DepthLevel,
    Matcher,
    OpenOrder,
    Replaced,
    Report,
    SelfTradeMode,
    Trade,
)

FIRST = OpenOrder("first", "S", 10, 5, "red")
SECOND = OpenOrder("second", "S", 10, 5)
DEARER = OpenOrder("dearer", "S", 11, 5)


def a_book(stp: SelfTradeMode = "none") -> Matcher:
    return Matcher.restore(orders=[FIRST, SECOND, DEARER], stp=stp)


def test_price_goes_before_time_and_time_before_nothing() -> None:
    reports = a_book().new(order_id="b", side="B", price=11, quantity=12)
    assert reports == [
        Accepted("b", "B", 11, 12),
        Trade("b", "first", "B", 10, 5, 7),
        Trade("b", "second", "B", 10, 5, 2),
        Trade("b", "dearer", "B", 11, 2, 0),
    ]


def test_what_a_limit_order_cannot_trade_rests() -> None:
    matcher = a_book()
    matcher.new(order_id="b", side="B", price=10, quantity=12)
    assert list(matcher.open_orders()) == [OpenOrder("b", "B", 10, 2), DEARER]


def test_what_an_ioc_cannot_trade_is_cancelled() -> None:
    reports = a_book().new(order_id="b", side="B", price=10, quantity=12, time_in_force="IOC")
    assert reports[-1] == Cancelled("b", "B", 10, 2, "ioc")


def test_a_market_order_takes_all_prices_and_never_rests() -> None:
    matcher = a_book()
    reports = matcher.new(order_id="b", side="B", price=None, quantity=16)
    assert reports[0] == Accepted("b", "B", None, 16)
    assert reports[-1] == Cancelled("b", "B", None, 1, "market")
    assert not list(matcher.open_orders())


def test_the_same_price_and_fewer_lots_keep_the_place() -> None:
    matcher = a_book()
    assert matcher.replace(order_id="first", price=10, quantity=4) == [
        Replaced("first", "S", 10, 4)
    ]
    assert [order.order_id for order in matcher.open_orders()] == ["first", "second", "dearer"]
    assert matcher.depth(levels=1).asks == [DepthLevel("S", 10, 9, 2)]


@pytest.mark.parametrize("lots", [5, 6])
def test_as_many_lots_or_more_lose_the_place(lots: int) -> None:
    matcher = a_book()
    matcher.replace(order_id="first", price=10, quantity=lots)
    assert [order.order_id for order in matcher.open_orders()] == ["second", "first", "dearer"]


def test_a_new_price_may_trade() -> None:
    matcher = a_book()
    matcher.new(order_id="b", side="B", price=8, quantity=6)
    assert matcher.replace(order_id="b", price=10, quantity=7) == [
        Replaced("b", "B", 10, 7),
        Trade("b", "first", "B", 10, 5, 2),
        Trade("b", "second", "B", 10, 2, 0),
    ]


@pytest.mark.parametrize(
    "stp,expected",
    [
        ("none", [Trade("b", "first", "B", 10, 5, 1), Trade("b", "second", "B", 10, 1, 0)]),
        ("cancel_taker", [Cancelled("b", "B", 10, 6, "self_trade")]),
        (
            "cancel_maker",
            [
                Cancelled("first", "S", 10, 5, "self_trade"),
                Trade("b", "second", "B", 10, 5, 1),
            ],
        ),
        (
            "cancel_both",
            [
                Cancelled("first", "S", 10, 5, "self_trade"),
                Cancelled("b", "B", 10, 6, "self_trade"),
            ],
        ),
    ],
)
def test_two_orders_of_one_group_meet(stp: SelfTradeMode, expected: list[Report]) -> None:
    reports = a_book(stp).new(order_id="b", side="B", price=10, quantity=6, group="red")
    assert reports[1:] == expected


def test_orders_without_a_group_may_always_trade() -> None:
    reports = a_book("cancel_both").new(order_id="b", side="B", price=10, quantity=5)
    assert reports[1:] == [Trade("b", "first", "B", 10, 5, 0)]


def test_depth_shows_the_best_levels_of_each_side() -> None:
    matcher = a_book()
    matcher.new(order_id="b", side="B", price=8, quantity=6)
    matcher.new(order_id="c", side="B", price=9, quantity=1)
    assert matcher.depth(levels=1).bids == [DepthLevel("B", 9, 1, 1)]
    assert matcher.depth().asks == [DepthLevel("S", 10, 10, 2), DepthLevel("S", 11, 5, 1)]


def test_a_cancelled_order_at_the_front_neither_trades_nor_counts() -> None:
    matcher = a_book()
    matcher.cancel(order_id="first")
    reports = matcher.new(order_id="b", side="B", price=10, quantity=2)
    assert reports[1:] == [Trade("b", "second", "B", 10, 2, 0)]
    assert matcher.depth(levels=1).asks == [DepthLevel("S", 10, 3, 1)]
