"""What is left is shared to the last coin, and costs no less than it was sold for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.refunds.rules import Price, price_fen, shared

OWED = st.dictionaries(st.sampled_from("ABCDE"), st.integers(1, 10_000), min_size=1)


@given(OWED, st.lists(st.integers(1, 50_000), max_size=6))
def test_shared_again_and_again_it_ends_at_zero(owed: dict[str, int], wanted: list[int]) -> None:
    for most in wanted:
        coins = min(most, sum(owed.values()))
        if coins:
            parts = shared(coins=coins, owed=owed)
            assert sum(parts.values()) == coins
            assert all(0 < part <= owed[name] for name, part in parts.items())
            owed = {name: each - parts.get(name, 0) for name, each in owed.items()}
    rest = sum(owed.values())
    assert rest == 0 or shared(coins=rest, owed=owed) == {n: e for n, e in owed.items() if e}


def test_the_largest_remainder_gets_what_is_missing_ties_by_name() -> None:
    assert shared(coins=10, owed={"CU": 100, "CT": 100, "CM": 100}) == {"CM": 4, "CT": 3, "CU": 3}
    assert shared(coins=1, owed={"CT": 1, "CU": 2}) == {"CU": 1}


def test_no_more_is_shared_than_is_owed() -> None:
    with pytest.raises(ValueError, match="More"):
        shared(coins=3, owed={"CT": 2})


def test_the_price_is_the_average_or_the_least_rounded_up_once() -> None:
    third = Price(fen=100, coins=300, fen_per_100_min=0)
    assert [price_fen(coins=coins, price=third) for coins in (1, 3, 4, 300)] == [1, 1, 2, 100]
    floor = Price(fen=100, coins=300, fen_per_100_min=50)
    assert [price_fen(coins=coins, price=floor) for coins in (1, 2, 3)] == [1, 1, 2]
    assert price_fen(coins=7, price=Price(fen=0, coins=0, fen_per_100_min=100)) == 7
