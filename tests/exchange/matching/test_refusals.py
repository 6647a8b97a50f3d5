"""A command is refused for the first reason of REPLAY's order, and then changes nothing."""

import pytest

from exchange.matching.rules import (
    Matcher,
    Phase,
    Rejected,
    RejectReason,
    Report,
    SelfTradeMode,
    Side,
    TimeInForce,
)


def a_book(phase: Phase = "continuous", stp: SelfTradeMode = "none") -> Matcher:
    """Return a book of one sell, 5 lots at 10, called `live`, of group `own`."""
    matcher = Matcher(stp=stp)
    matcher.new(order_id="live", side="S", price=10, quantity=5, group="own")
    matcher.phase(phase=phase)
    return matcher


def buy(
    matcher: Matcher,
    *,
    order_id: str = "new",
    price: int | None = 10,
    quantity: int = 1,
    tif: TimeInForce = "GTC",
    group: str = "",
) -> list[Report]:
    return matcher.new(
        order_id=order_id,
        side="B",
        price=price,
        quantity=quantity,
        time_in_force=tif,
        group=group,
    )


@pytest.mark.parametrize(
    "phase,order_id,quantity,price,tif,reason",
    [
        ("halt", "live", 0, 0, "FOK", "phase"),
        ("closed", "live", 0, 0, "POST", "phase"),
        ("call", "live", 0, 0, "IOC", "phase"),
        ("call", "live", 0, 0, "FOK", "phase"),
        ("call", "live", 0, None, "GTC", "duplicate_order"),
        ("call", "new", 0, None, "GTC", "bad_quantity"),
        ("call", "new", 1, None, "GTC", "bad_price"),
        ("call", "new", 1, 0, "POST", "bad_price"),
        ("continuous", "live", 0, 0, "POST", "duplicate_order"),
        ("continuous", "new", 0, 0, "POST", "bad_quantity"),
        ("continuous", "new", -1, 10, "FOK", "bad_quantity"),
        ("continuous", "new", 9, 0, "FOK", "bad_price"),
        ("continuous", "new", 9, -1, "GTC", "bad_price"),
        ("continuous", "new", 9, None, "POST", "bad_price"),
        ("continuous", "new", 9, 10, "POST", "post_would_trade"),
        ("continuous", "new", 9, 10, "FOK", "fok_unfilled"),
        ("continuous", "new", 6, None, "FOK", "fok_unfilled"),
        ("continuous", "new", 1, 9, "FOK", "fok_unfilled"),
    ],
)
def test_a_new_order_is_refused_for_the_first_reason(
    *,
    phase: Phase,
    order_id: str,
    quantity: int,
    price: int | None,
    tif: TimeInForce,
    reason: RejectReason,
) -> None:
    matcher = a_book(phase)
    before = list(matcher.open_orders())
    reports = buy(matcher, order_id=order_id, quantity=quantity, price=price, tif=tif)
    assert reports == [Rejected(order_id, reason)]
    assert list(matcher.open_orders()) == before


@pytest.mark.parametrize(
    "phase,order_id,quantity,price,reason",
    [
        ("halt", "gone", 0, 0, "phase"),
        ("closed", "live", 1, 10, "phase"),
        ("continuous", "gone", 0, 0, "unknown_order"),
        ("continuous", "live", 0, 0, "bad_quantity"),
        ("call", "live", 1, 0, "bad_price"),
    ],
)
def test_a_replacement_is_refused_for_the_first_reason(
    phase: Phase, order_id: str, quantity: int, price: int, reason: RejectReason
) -> None:
    matcher = a_book(phase)
    before = list(matcher.open_orders())
    reports = matcher.replace(order_id=order_id, price=price, quantity=quantity)
    assert reports == [Rejected(order_id, reason)]
    assert list(matcher.open_orders()) == before


@pytest.mark.parametrize("phase", ["call", "continuous", "halt", "closed"])
def test_a_live_order_is_cancelled_in_every_phase(phase: Phase) -> None:
    matcher = a_book(phase)
    matcher.cancel(order_id="live")
    assert not list(matcher.open_orders())
    assert matcher.cancel(order_id="live") == [Rejected("live", "unknown_order")]


@pytest.mark.parametrize("phase", ["halt", "closed"])
def test_an_uncross_outside_trading_is_refused_without_an_id(phase: Phase) -> None:
    assert a_book(phase).uncross() == [Rejected("", "phase")]


def test_post_rests_in_a_call_even_across_the_book() -> None:
    matcher = a_book("call")
    buy(matcher, tif="POST")
    assert matcher.open_quantity("new") == 1


def test_an_id_is_free_again_once_its_order_is_gone() -> None:
    matcher = a_book()
    matcher.cancel(order_id="live")
    buy(matcher, order_id="live", price=9)
    assert matcher.open_quantity("live") == 1


@pytest.mark.parametrize(
    "stp,others,may_fill",
    [
        ("none", 3, True),
        ("cancel_taker", 4, False),
        ("cancel_both", 4, False),
        ("cancel_maker", 3, False),
        ("cancel_maker", 4, True),
    ],
)
def test_a_fok_counts_what_the_self_trade_mode_lets_it_trade(
    *, stp: SelfTradeMode, others: int, may_fill: bool
) -> None:
    matcher = a_book(stp=stp)
    side: Side = "S"
    matcher.new(order_id="other", side=side, price=10, quantity=others, group="other")
    reports = buy(matcher, quantity=4, tif="FOK", group="own")
    assert (Rejected("new", "fok_unfilled") not in reports) is may_fill
