"""What was redeemed is shared among issuers to the coin, and asks of none more than it owes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from wallet.clearing.rules import shared_anew, shared_in_turn

MERCHANTS = [UUID(int=number) for number in range(1, 101)]
OWED = st.dictionaries(st.sampled_from("ABCD"), st.integers(0, 60))
CARRIERS = st.sampled_from(("CM", "CT", "CU", "MV"))
TAKEN_BY_CARRIERS = st.dictionaries(CARRIERS, st.integers(0, 60))
TAKEN = st.dictionaries(st.sampled_from(MERCHANTS[:12]), st.integers(-20, 40))


def given_back(shares: Mapping[Any, dict[str, int]], issuer: str) -> int:
    """Return how many coins an issuer gets back in all."""
    return sum(parts.get(issuer, 0) for parts in shares.values())


def test_ties_of_several_merchants_go_round() -> None:
    shares = shared_in_turn(dict.fromkeys(MERCHANTS[:4], 1), outstanding={"CT": 2, "CU": 2})
    assert list(shares.values()) == [{"CT": 1}, {"CU": 1}, {"CT": 1}, {"CU": 1}]


def test_a_hundred_single_coins_are_shared_as_what_is_owed() -> None:
    shares = shared_in_turn(dict.fromkeys(MERCHANTS, 1), outstanding={"CT": 51, "CU": 49})
    assert (given_back(shares, "CT"), given_back(shares, "CU")) == (51, 49)


def test_what_nobody_owes_waits() -> None:
    first, second, third = MERCHANTS[:3]
    shares = shared_in_turn({first: 3, second: 4, third: 1}, outstanding={"CT": 5, "CU": 0})
    assert shares == {first: {"CT": 3}, second: {"CT": 2}}


@given(TAKEN, OWED)
def test_no_issuer_is_given_back_more_than_it_owes(
    taken: dict[UUID, int], owed: dict[str, int]
) -> None:
    left = dict(owed)
    shares = shared_in_turn(taken, outstanding=owed)
    for merchant in sorted(taken):
        parts = shares.get(merchant, {})
        before = sum(left.values())
        left = {issuer: coins - parts.get(issuer, 0) for issuer, coins in left.items()}
        assert all(coins >= 0 for coins in left.values())
        assert sum(parts.values()) == (min(taken[merchant], before) if before else 0)
    takers, issuers = sorted(taken.items(), reverse=True), sorted(owed.items(), reverse=True)
    assert shared_in_turn(dict(takers), outstanding=dict(issuers)) == shares


def test_what_is_left_out_makes_no_share_larger() -> None:
    owed = {"A": 6, "B": 6, "C": 2}
    eleven, ten = (shared_in_turn({"CT": coins}, outstanding=owed)["CT"] for coins in (11, 10))
    # Ten shared from nothing would ask C for more than eleven did.
    assert (eleven, ten) == ({"A": 5, "B": 5, "C": 1}, {"A": 4, "B": 4, "C": 2})
    assert shared_anew(eleven, coins=10, left={"A": 1, "B": 1, "C": 1}) == {"A": 4, "B": 5, "C": 1}


def test_what_there_is_more_is_asked_of_what_is_left() -> None:
    assert shared_anew({"A": 2}, coins=9, left={"A": 1, "B": 2}) == {"A": 3, "B": 2}
    assert shared_anew({"A": 2, "B": 1}, coins=0, left={"A": 9}) == {}


@given(TAKEN_BY_CARRIERS, OWED, st.lists(st.tuples(CARRIERS, st.integers(0, 80)), max_size=6))
def test_however_redemptions_change_nobody_is_asked_for_more_than_it_owes(
    redeemed: dict[str, int], owed: dict[str, int], changes: list[tuple[str, int]]
) -> None:
    shares = shared_in_turn(redeemed, outstanding=owed)
    for carrier, coins in changes:
        left = {issuer: total - given_back(shares, issuer) for issuer, total in owed.items()}
        assert all(total >= 0 for total in left.values())
        before = shares.get(carrier, {})
        shares[carrier] = after = shared_anew(before, coins=coins, left=left)
        assert sum(after.values()) == min(coins, sum(before.values()) + sum(left.values()))
        if coins <= sum(before.values()):
            assert all(0 < share <= before[issuer] for issuer, share in after.items())
    assert all(given_back(shares, issuer) <= total for issuer, total in owed.items())
