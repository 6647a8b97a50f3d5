"""No lot appears or disappears: every event accounts for what it changed."""

from collections import Counter
from unittest.mock import patch

import pytest
from hypothesis import given, settings

from exchange.matching.rules import (
    Accepted,
    Cancelled,
    Matcher,
    Rejected,
    Replaced,
    Report,
    SelfTradeMode,
    Trade,
    Uncrossed,
    levels,
)
from exchange.matching.rules.replay import PHASES, SIDES, TIMES_IN_FORCE
from tests.exchange.matching.logs import logs, stps
from tests.exchange.matching.naive import Line


def obey(matcher: Matcher, line: Line) -> list[Report]:
    if line.command == "NEW":
        side = SIDES[line.side]
        assert side is not None
        return matcher.new(
            order_id=line.order_id,
            side=side,
            price=line.price,
            quantity=line.quantity or 0,
            time_in_force=TIMES_IN_FORCE[line.time_in_force],
            group=line.group,
        )
    if line.command == "CANCEL":
        return matcher.cancel(order_id=line.order_id)
    if line.command == "REPLACE":
        return matcher.replace(
            order_id=line.order_id, price=line.price or 0, quantity=line.quantity or 0
        )
    if line.command == "UNCROSS":
        return matcher.uncross()
    return []


def open_lots(matcher: Matcher) -> Counter[str]:
    return Counter({order.order_id: order.quantity for order in matcher.open_orders()})


def told(before: Counter[str], reports: list[Report]) -> Counter[str]:
    """Work out from the reports alone what must be open now."""
    lots = before.copy()
    volume = None
    for report in reports:
        match report:
            case Accepted(order_id=order_id, quantity=quantity):
                lots[order_id] += quantity
            case Replaced(order_id=order_id, quantity=quantity):
                lots[order_id] = quantity
            case Cancelled(order_id=order_id, quantity=quantity):
                assert lots[order_id] == quantity
                lots[order_id] = 0
            case Trade(order_id=order_id, counter_id=counter_id, quantity=quantity):
                assert quantity > 0
                lots[order_id] -= quantity
                lots[counter_id] -= quantity
                assert lots[order_id] == report.remaining
                assert lots[counter_id] >= 0
            case Uncrossed(quantity=quantity):
                volume = quantity or 0
            case Rejected():
                assert len(reports) == 1
    if volume is not None:
        assert volume == sum(each.quantity for each in reports if isinstance(each, Trade))
    return +lots


def assert_counts_are_true(matcher: Matcher) -> None:
    """Recount what the book keeps counted: lots and dead of each level, empty levels."""
    for half in (matcher._book.bids, matcher._book.asks):
        assert half.keys == sorted(half.levels)
        assert half.empty == sum(not level.quantity for level in half.levels.values())
        for level in half.levels.values():
            assert level.quantity == sum(order.quantity for order in level.orders)
            assert level.dead == sum(not order.quantity for order in level.orders)


@pytest.mark.parametrize("dead_min", [0, levels.DEAD_ORDERS_MIN])
@settings(max_examples=120, deadline=None)
@given(log=logs, stp=stps)
def test_each_event_accounts_for_every_lot(
    dead_min: int, log: list[Line], stp: SelfTradeMode
) -> None:
    matcher = Matcher(stp=stp)
    with (
        patch.object(levels, "DEAD_ORDERS_MIN", dead_min),
        patch.object(levels, "EMPTY_LEVELS_MIN", dead_min),
    ):
        for line in log:
            before = open_lots(matcher)
            assert min(before.values(), default=1) > 0
            if phase := PHASES[line.phase]:
                matcher.phase(phase=phase)
            reports = obey(matcher, line)
            after = open_lots(matcher)
            assert after == told(before, reports)
            depth = matcher.depth()
            assert sum(each.quantity for each in depth.bids + depth.asks) == after.total()
            assert_counts_are_true(matcher)
