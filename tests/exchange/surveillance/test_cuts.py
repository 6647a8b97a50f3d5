"""Wherever a log is cut, surveillance finds the same; its evidence is of the log, and used once."""

from dataclasses import replace
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from exchange.surveillance.rules import Watcher
from tests.exchange.surveillance.market import NOON, TERMS, Market, cut, findings, friends
from tests.exchange.surveillance.planted import layers, swap

STEPS = st.lists(
    st.tuples(
        st.sampled_from(("place", "cancel", "uncross", "swap", "meet", "wall", "climb", "deal")),
        st.integers(0, 3),
        st.sampled_from("BS"),
        st.sampled_from((40, 45, 50, 55, 60, 90)),
        st.integers(1, 3),
        st.sampled_from((1, 3, 20, 120, 2_000)),
    ),
    min_size=8,
    max_size=40,
)
# So low that something is found all the time.
LOW: dict[str, Any] = {
    "wash_rounds_min": 2,
    "wash_gap_coins_max": 60,
    "wash_net_percent_max": 90,
    "wash_share_percent_min": 10,
    "wash_minutes": 90,
    "arranged_seconds": 60,
    "arranged_off_percent_min": 5,
    "layers_min": 3,
    "layer_ratio_min": 1,
    "ramp_minutes": 30,
    "ramp_orders_min": 2,
    "ramp_percent_min": 5,
    "ramp_share_percent_min": 30,
}


def acted(steps: list[tuple[str, int, str, int, int, int]]) -> Market:
    """Return the market that random steps make."""
    market = Market()
    for step, who, side, price, lots, seconds in steps:
        market.wait(seconds)
        other = (who + lots) % 4
        if step == "place":
            market.place(who, side, price, lots)
        elif step == "cancel" and market.orders:
            market.cancel(list(market.orders)[price % len(market.orders)])
        elif step == "uncross":
            market.uncross()
        elif step == "swap":
            swap(market, who, other, price=price, lots=lots)
        elif step == "meet":
            market.place(who, "S", price, lots)
            market.place(other, "B", price, lots)
        elif step == "wall":
            layers(market, who, touch=price, victim=other)
        elif step == "climb":
            market.place(other, "S", price + lots * 10, 1)
            market.place(who, "B", price + lots * 10, 1)
        else:
            market.place(who, "S", price, 1)
    return market


@given(steps=STEPS)
@settings(max_examples=20, deadline=None)
def test_a_log_cut_anywhere_raises_the_same(
    steps: list[tuple[str, int, str, int, int, int]],
) -> None:
    market = acted(steps)
    low, links = replace(TERMS, **LOW), friends((0, 1))
    whole = list(Watcher(terms=low, links=links).watch(market.facts))
    event(f"{min(9, len(whole))} found")
    for one in {each.kind for each in whole}:
        event(one)
    for before, after in cut(market.facts):
        early = list(Watcher(terms=low, links=links).watch(before))
        raised = {(one.kind, one.subject): one.number for one in early}
        cursor = before[-1].number if before else -1
        first_at = after[0].at if after else NOON
        again = Watcher(terms=low, links=links, after=cursor, raised=raised)
        kept = [fact for fact in before if fact.at > first_at - low.lookback]
        late = list(again.watch([*kept, *after]))
        assert early + late == whole


@given(steps=STEPS)
@settings(max_examples=60, deadline=None)
def test_evidence_is_of_the_log_and_used_once(
    steps: list[tuple[str, int, str, int, int, int]],
) -> None:
    market = acted(steps)
    used: set[tuple[str, str, int]] = set()
    numbers = {fact.number for fact in market.facts}
    for one in findings(market, **LOW):
        assert one.number in one.events
        assert set(one.events) <= numbers
        assert set(one.orders) <= set(market.orders)
        assert one.holders
        theirs = {(one.kind, one.subject, trade) for trade in one.trades}
        assert not theirs & used
        used |= theirs
