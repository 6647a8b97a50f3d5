"""What merchants took is shared among issuers to the coin, and asks of none more than it owes."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from wallet.invoices.rules import shared_in_turn

MERCHANTS = [UUID(int=number) for number in range(1, 101)]
OWED = st.dictionaries(st.sampled_from("ABCD"), st.integers(0, 60))
TAKEN = st.dictionaries(st.sampled_from(MERCHANTS[:12]), st.integers(-20, 40))


def given_back(shares: dict[UUID, dict[str, int]], issuer: str) -> int:
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
    reverse = dict(sorted(taken.items(), reverse=True))
    assert shared_in_turn(reverse, outstanding=owed) == shares
