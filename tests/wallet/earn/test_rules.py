"""When a stage vests, what repays a debt, what a minute pays: whole numbers all."""

from datetime import timedelta

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from tests.given import NOW
from wallet.earn.rules import (
    address_with_earning,
    bars,
    coins_per_minute_tenths,
    days_left,
    each_in_tenths,
    in_tenths,
    is_out_of_order,
    origin_of,
    repaid_first,
    vests_at,
)


@drawn(st.integers(0, 60 * 24 * 40), st.integers(0, 365))
def test_a_stage_vests_neither_before_its_proof_nor_before_its_day(late: int, days: int) -> None:
    proved_at = NOW + timedelta(minutes=late)
    found = vests_at(first_proved_at=NOW, proved_at=proved_at, vest_days=days)
    assert found in {proved_at, NOW + timedelta(days=days)}
    assert found >= proved_at
    assert found >= NOW + timedelta(days=days)


@drawn(st.lists(st.integers(1, 1_000), max_size=8), st.integers(0, 5_000))
def test_a_debt_takes_the_first_coins_and_no_more_than_it_is(coins: list[int], owed: int) -> None:
    repaid = repaid_first(coins=coins, owed=owed)
    assert sum(repaid) == min(sum(coins), owed)
    assert all(0 <= part <= each for part, each in zip(repaid, coins, strict=True))
    kept = [each - part for part, each in zip(repaid, coins, strict=True)]
    first_kept = next((place for place, each in enumerate(kept) if each), len(kept))
    assert repaid[first_kept + 1 :] == [0] * len(repaid[first_kept + 1 :])


@pytest.mark.parametrize(
    ("coins", "minutes", "said"), [(100, 8, "12.5"), (1, 3, "0.3"), (150, 1, "150.0")]
)
def test_a_minute_pays_with_one_decimal(coins: int, minutes: int, said: str) -> None:
    assert in_tenths(coins_per_minute_tenths(coins=coins, minutes=minutes)) == said


def test_nothing_cost_nothing() -> None:
    assert each_in_tenths(coins=0, count=0) is None
    assert each_in_tenths(coins=100, count=3) == 333


def test_the_first_event_comes_first() -> None:
    events = ["install", "day1", "day7"]
    assert not is_out_of_order(event="install", events=events, proved=[])
    assert is_out_of_order(event="day7", events=events, proved=[])
    assert not is_out_of_order(event="day7", events=events, proved=["install"])


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("https://a.example", "https://a.example?earning=ern_x"),
        ("https://a.example/p?q=1#top", "https://a.example/p?q=1&earning=ern_x#top"),
        ("http://127.0.0.1:9/?earning=ern_old", "http://127.0.0.1:9/?earning=ern_x"),
    ],
)
def test_the_sponsor_is_told_which_earning(url: str, there: str) -> None:
    assert address_with_earning(url=url, earning="ern_x") == there


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin_of("http://127.0.0.1:9/a?b#c") == "http://127.0.0.1:9"


def test_a_budget_lasts_as_long_as_its_pace() -> None:
    assert days_left(left=100, spent=70, days=7) == 10
    assert days_left(left=100, spent=0, days=7) is None
    assert days_left(left=100, spent=-5, days=7) is None


@drawn(st.lists(st.integers(0, 10**12), max_size=40))
def test_bars_stay_within_the_chart(amounts: list[int]) -> None:
    found = bars(amounts=amounts, width=300, height=80)
    assert len(found) == len(amounts)
    assert all(bar.y >= 0 and bar.y + bar.height == 80 for bar in found)
    assert all(bar.x + bar.width <= 300 for bar in found)
    if any(amounts):
        assert max(bar.height for bar in found) == 80
