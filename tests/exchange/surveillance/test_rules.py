"""What surveillance finds in a market, and what it leaves alone."""

from datetime import timedelta
from uuid import UUID

import pytest

from exchange.surveillance.rules import Finding, Traded
from tests.exchange.surveillance.market import (
    Market,
    findings,
    friends,
    somebody,
)
from tests.exchange.surveillance.planted import (
    layers,
    mark_of_the_close,
    ramp,
    ramp_and_sell,
    swap,
    wash,
)

ANN, BEN, CAT, DAN, EVE = range(1, 6)


def kinds(found: list[Finding]) -> list[str]:
    return [one.kind for one in found]


def names(*people: int) -> tuple[UUID, ...]:
    return tuple(somebody(one) for one in people)


@pytest.mark.parametrize("ring", [(ANN, BEN), (ANN, BEN, CAT), (ANN, BEN, CAT, DAN)])
def test_lots_that_go_round_and_come_back_are_found_with_their_evidence(
    ring: tuple[int, ...],
) -> None:
    market = Market()
    wash(market, ring, price=50)
    [one] = findings(market)
    trades = [fact for fact in market.facts if isinstance(fact, Traded)]
    assert (one.kind, one.holders) == ("wash", names(*ring))
    assert one.trades == tuple(trade.trade for trade in trades)
    assert set(one.orders) == set(market.orders)
    assert (one.number, one.at) == (trades[-1].number, trades[-1].at)
    assert one.why == {
        "holders": len(ring),
        "rounds": 2,
        "lots": 8 * len(ring),
        "net_lots": 0,
        "low_coins": 50,
        "high_coins": 50,
        "share_percent": 100,
        "linked_pairs": 0,
    }


def test_one_round_is_enough_between_those_who_know_each_other() -> None:
    market = Market()
    wash(market, (ANN, BEN), price=50, rounds=1)
    assert findings(market) == []
    assert kinds(findings(market, links=friends((ANN, BEN)))) == ["wash"]


def test_a_ring_of_five_is_beyond_what_is_looked_for() -> None:
    market = Market()
    wash(market, (ANN, BEN, CAT, DAN, EVE), price=50)
    assert findings(market) == []


def test_a_pair_that_goes_on_is_found_again_with_new_evidence_only() -> None:
    market = Market()
    wash(market, (ANN, BEN), price=50, rounds=5)
    first, second = findings(market)
    assert not set(first.trades) & set(second.trades)
    assert first.subject == second.subject


def test_trades_one_way_are_business() -> None:
    market = Market()
    for _ in range(6):
        swap(market, ANN, BEN, price=50)
    assert findings(market) == []


def test_other_prices_other_amounts_other_partners_and_other_days_are_business() -> None:
    dearer, more, busy, slow = Market(), Market(), Market(), Market()
    for _ in range(2):
        swap(dearer, ANN, BEN, price=50)
        swap(dearer, BEN, ANN, price=56)
        swap(more, ANN, BEN, price=50, lots=4)
        swap(more, BEN, ANN, price=50, lots=6)
        swap(busy, ANN, BEN, price=50)
        swap(busy, ANN, CAT, price=50, lots=10)
        swap(busy, BEN, ANN, price=50)
        swap(slow, ANN, BEN, price=50)
        slow.now += timedelta(hours=13)
        swap(slow, BEN, ANN, price=50)
    for market in (dearer, more, busy, slow):
        assert findings(market) == []


def test_one_group_that_meets_is_found_at_once() -> None:
    market = Market(groups={ANN: 7, BEN: 7})
    market.matcher = type(market.matcher)(stp="none")
    swap(market, ANN, BEN, price=50)
    [one] = findings(market)
    assert (one.kind, one.holders) == ("wash", names(ANN, BEN))


def dealt_by_others(market: Market, *, price: int) -> None:
    for number in range(3):
        swap(market, 100 + number, 200 + number, price=price)


def meet(market: Market, *, price: int, seconds: int, lots: int = 3) -> None:
    market.place(ANN, "S", price, lots)
    market.wait(seconds)
    market.place(BEN, "B", price, lots)
    market.wait(600)


def test_meetings_by_appointment_far_from_the_market_are_found() -> None:
    market = Market()
    dealt_by_others(market, price=50)
    meet(market, price=90, seconds=2)
    assert findings(market) == []
    assert kinds(findings(market, links=friends((ANN, BEN)))) == ["arranged"]
    meet(market, price=90, seconds=2)
    [one] = findings(market)
    assert (one.kind, one.holders) == ("arranged", names(ANN, BEN))
    assert one.why["times"] == 2
    assert (one.why["price_coins"], one.why["others_coins"]) == (90, 50)


def test_meetings_at_the_market_or_in_their_own_time_are_business() -> None:
    near, slow, alone = Market(), Market(), Market()
    for market in (near, slow):
        dealt_by_others(market, price=50)
    for _ in range(3):
        meet(near, price=60, seconds=2)
        meet(slow, price=90, seconds=30)
        meet(alone, price=90, seconds=2)
    for market in (near, slow, alone):
        assert findings(market, links=friends((ANN, BEN))) == []


def test_a_wall_taken_down_after_the_other_side_was_filled_is_found() -> None:
    market = Market()
    layers(market, ANN, touch=50, victim=BEN)
    [one] = findings(market)
    assert (one.kind, one.holders) == ("layering", names(ANN))
    assert one.why["layers"] == 3
    assert (one.why["layer_lots"], one.why["filled_lots"], one.why["ratio"]) == (9, 1, 9)
    assert len(one.trades) == 1


def test_walls_that_stay_or_are_few_or_thin_or_old_are_business() -> None:
    few, slow, thin, old, never = (Market() for _ in range(5))
    layers(few, ANN, touch=50, victim=BEN, count=2)
    for market, seconds, lots, wait in ((slow, 31, 3, 1), (thin, 1, 1, 1), (old, 1, 3, 700)):
        market.place(ANN, "S", 52, 2)
        walls = [market.place(ANN, "B", 50 - place, lots) for place in range(4)]
        market.wait(wait)
        market.place(BEN, "B", 52, 2)
        market.wait(seconds)
        for wall in walls:
            market.cancel(wall)
    for wall in [never.place(ANN, "B", 50 - place, 3) for place in range(4)]:
        never.cancel(wall)
    for market in (few, slow, old, never):
        assert findings(market) == []
    assert findings(thin) == []


@pytest.mark.parametrize(("price", "is_found"), [(30, True), (51, False)])
def test_a_wall_that_is_moved_away_is_taken_down_but_one_that_follows_stays(
    price: int, is_found: bool
) -> None:
    market = Market()
    market.place(ANN, "S", 52, 1)
    walls = [market.place(ANN, "B", 50 - place, 3) for place in range(3)]
    market.wait(10)
    market.place(BEN, "B", 52, 1)
    for wall in walls:
        market.replace(wall, price, 3)
    assert kinds(findings(market)) == (["layering"] if is_found else [])


def test_a_wall_taken_down_right_before_an_uncross_is_found() -> None:
    market = Market()
    market.call()
    market.place(ANN, "S", 52, 1)
    market.place(BEN, "B", 52, 1)
    walls = [market.place(ANN, "B", 50 - place, 3) for place in range(3)]
    market.wait(100)
    for wall in walls:
        market.cancel(wall)
    market.wait(10)
    assert findings(market) == []
    market.uncross()
    assert kinds(findings(market)) == ["layering"]


def test_a_price_carried_up_is_found_when_its_carrier_sells_there() -> None:
    market = Market()
    ramp(market, ANN, begins=40)
    assert findings(market) == []
    market = Market()
    ramp_and_sell(market, ANN, begins=40)
    [one] = findings(market)
    assert (one.kind, one.holders) == ("ramp", names(ANN))
    assert one.why == {
        "orders": 4,
        "lots": 8,
        "before_coins": 40,
        "reached_coins": 64,
        "percent_of_band": 25,
        "share_percent": 100,
        "dealt_lots": 5,
    }


def test_a_price_carried_up_before_the_closing_call_needs_no_sale() -> None:
    market = Market()
    mark_of_the_close(market, ANN, begins=40)
    [one] = findings(market)
    assert (one.kind, one.holders, one.why["dealt_lots"]) == ("ramp", names(ANN), 0)


def test_a_price_carried_down_is_found_when_its_carrier_buys_there() -> None:
    market = Market()
    for step in range(5):
        market.place(900 + step, "B", 80 - step * 6, 2)
    market.place(950, "S", 80, 2)
    for step in range(1, 5):
        market.wait(60)
        market.place(ANN, "S", 80 - step * 6, 2)
    market.place(960, "S", 58, 2)
    assert findings(market) == []
    market.place(ANN, "B", 58, 2)
    assert kinds(findings(market)) == ["ramp"]


def test_a_price_that_many_carry_or_one_order_or_little_is_business() -> None:
    many, sweep, little, late = (Market() for _ in range(4))
    for market in (many, sweep):
        for step in range(5):
            market.place(900 + step, "S", 40 + step * 6, 2)
        market.place(950, "B", 40, 2)
    for step in range(1, 5):
        many.place(ANN if step % 2 else 300 + step, "B", 40 + step * 6, 2)
    sweep.place(ANN, "B", 64, 8)
    ramp(little, ANN, begins=40, coins=3)
    ramp(late, ANN, begins=40)
    late.wait(4_000)
    for market in (many, sweep, little, late):
        market.place(960, "B", 60, 5)
        market.place(ANN, "S", 60, 5)
        assert findings(market) == []
