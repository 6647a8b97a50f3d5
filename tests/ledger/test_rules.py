"""The ledger's arithmetic, without a database."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import rules


def test_month_is_that_of_shanghai() -> None:
    assert rules.month_of(datetime(2026, 10, 31, 15, 59, tzinfo=UTC)) == date(2026, 10, 1)
    assert rules.month_of(datetime(2026, 10, 31, 16, 0, tzinfo=UTC)) == date(2026, 11, 1)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1)), st.integers(-200, 200))
def test_months_go_forth_and_back(day: date, months: int) -> None:
    month = day.replace(day=1)
    there = rules.month_after(month, months)
    assert rules.month_after(there, -months) == month
    assert rules.month_named(rules.month_name(there)) == there


@pytest.mark.parametrize(
    "name", ["", "2026", "2026-13", "2026-1", "2026-11-01", "x026-11", "2026-00"]
)
def test_what_is_no_month_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"month|isoformat"):
        rules.month_named(name)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-5, 5))))
def test_merged_names_an_account_once_and_keeps_sums(moves: list[tuple[str, int]]) -> None:
    legs = rules.merged(rules.Leg(address, "COIN", amount) for address, amount in moves)
    assert len({leg.address for leg in legs}) == len(legs)
    assert all(leg.amount for leg in legs)
    for address in "abc":
        before = sum(amount for name, amount in moves if name == address)
        assert before == sum(leg.amount for leg in legs if leg.address == address)


def test_derived_ids_tell_parts_apart() -> None:
    holder = uuid4()
    assert rules.derived_id(holder, "a") == rules.derived_id(holder, "a")
    assert rules.derived_id("ab", "c") != rules.derived_id("a", "bc")
    assert rules.derived_id("x").version == 8


def test_derived_month_ids_lie_together() -> None:
    november, december = date(2026, 11, 1), date(2026, 12, 1)
    ids = [rules.derived_month_id(november, "roll", number) for number in range(50)]
    assert len({one.bytes[:2] for one in ids}) == 1
    assert len(set(ids)) == 50
    assert rules.derived_month_id(december, "roll", 1).bytes[:2] > ids[0].bytes[:2]


def test_goods_read_from_a_name() -> None:
    asset = rules.monthly_asset(goods="DIRECT-music", carrier="CT", month=date(2026, 11, 1))
    assert asset == "DIRECT-music-CT-2026-11"
    assert rules.goods_of(asset) == rules.Goods("DIRECT-music", "CT", date(2026, 11, 1))
    assert rules.goods_of("COIN") is None


@pytest.mark.parametrize(
    ("text", "count"),
    [("7", 7), ("99999", 99_999), ("100000", 0), ("", 0), ("-1", 0), ("1.5", 0), ("٧", 0)],
)
def test_a_count_is_what_an_address_says_or_nothing(text: str, count: int) -> None:
    assert rules.count_said(text) == count
