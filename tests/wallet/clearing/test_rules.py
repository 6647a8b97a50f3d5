"""Shares, prices and payments, without a database."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wallet.clearing.rules import (
    apportioned,
    fen_of,
    in_yuan,
    is_said,
    nets_of,
    payments_of,
)

CODES = ("CM", "CT", "CU", "MV")
weights = st.dictionaries(st.sampled_from(CODES), st.integers(-10, 10**12), max_size=4)
owed = st.dictionaries(
    st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)), st.integers(-(10**9), 10**9)
)


def test_shares_go_to_the_largest_remainders() -> None:
    assert apportioned(10, weights={"A": 1, "B": 1, "C": 1}) == {"A": 4, "B": 3, "C": 3}
    assert apportioned(10, weights={"A": 5, "B": 3, "C": 8}) == {"A": 3, "B": 2, "C": 5}
    assert apportioned(1, weights={"A": 1, "B": 2}) == {"B": 1}
    assert apportioned(-10, weights={"A": 1, "B": 1, "C": 1}) == {"A": -4, "B": -3, "C": -3}
    assert apportioned(10, weights={"A": 0, "B": -3}) == apportioned(0, weights={"A": 1}) == {}


@given(total=st.integers(-(10**15), 10**15), weights=weights)
@settings(max_examples=100, deadline=None)
def test_shares_sum_to_the_total_and_never_pass_a_weight(
    total: int, weights: dict[str, int]
) -> None:
    shares = apportioned(total, weights=weights)
    heavy = {name: weight for name, weight in weights.items() if weight > 0}
    assert sum(shares.values()) == (total if heavy else 0)
    assert set(shares) <= set(heavy)
    if 0 <= total <= sum(heavy.values()):
        assert all(0 < share <= heavy[name] for name, share in shares.items())


def test_fen_are_rounded_half_up_once() -> None:
    assert [fen_of(coins, fen_per_1000=4_500) for coins in (0, 1, 111, 1_000)] == [0, 5, 500, 4_500]
    assert fen_of(-1, fen_per_1000=4_500) == -5


def test_the_largest_debtor_pays_the_largest_creditor() -> None:
    nets = nets_of({("CT", "CM"): 700, ("CU", "CM"): 200, ("CM", "CT"): 100, ("CT", "CT"): 9})
    assert nets == {"CT": -600, "CM": 800, "CU": -200}
    assert [(one.debtor, one.creditor, one.fen) for one in payments_of(nets)] == [
        ("CT", "CM", 600),
        ("CU", "CM", 200),
    ]


@given(owed=owed)
@settings(max_examples=200, deadline=None)
def test_nets_are_zero_in_sum_and_few_payments_settle_them(
    owed: dict[tuple[str, str], int],
) -> None:
    nets = nets_of(owed)
    assert sum(nets.values()) == 0
    payments = payments_of(nets)
    assert len(payments) <= 3
    for payment in payments:
        assert payment.fen > 0
        nets[payment.debtor] += payment.fen
        nets[payment.creditor] -= payment.fen
    assert set(nets.values()) <= {0}


def test_what_may_be_said() -> None:
    assert is_said("第 3 行\n多了 5 币")
    assert not any(map(is_said, ("", "x" * 501, "a\x00b")))


def test_fen_are_said_as_yuan() -> None:
    said = [in_yuan(fen) for fen in (5, 100, 123_456, -5, -123_450)]
    assert said == ["0.05", "1.00", "1,234.56", "−0.05", "−1,234.50"]
