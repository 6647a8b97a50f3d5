"""What a buy sets aside always suffices for its trades, and nothing is lost on the way."""

from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from exchange.orders.rules import bought, escrow_coins, fee_coins, is_of_age, within_month
from ledger.rules import SHANGHAI

RATES = st.integers(0, 10_000)


@given(
    limit=st.integers(1, 200),
    maker=RATES,
    taker=RATES,
    fills=st.lists(
        st.tuples(st.integers(1, 50), st.integers(0, 199), st.booleans()), min_size=1, max_size=20
    ),
)
def test_escrow_pays_every_trade_and_ends_empty(
    limit: int, maker: int, taker: int, fills: list[tuple[int, int, bool]]
) -> None:
    left = sum(lots for lots, _, _ in fills)
    held = escrow_coins(open_lots=left, price_coins=limit, bp_max=max(maker, taker))
    exact = covers = 0
    for lots, below, takes in fills:
        price, bp = max(1, limit - below), taker if takes else maker
        sums = bought(
            open_lots=left,
            limit_coins=limit,
            bp_max=max(maker, taker),
            fee_coin_bp=exact,
            lots=lots,
            price_coins=price,
            bp=bp,
        )
        assert sums.released_coins >= 0
        assert sums.cover_coins >= 0
        held -= sums.paid_coins + sums.cover_coins + sums.released_coins
        left, exact, covers = left - lots, sums.fee_coin_bp, covers + sums.cover_coins
        assert held == escrow_coins(
            open_lots=left, price_coins=limit, bp_max=max(maker, taker), fee_coin_bp=exact
        )
        assert covers == fee_coins(exact)
    assert held == 0


def test_fees_are_rounded_up() -> None:
    assert [fee_coins(amount) for amount in (0, 1, 10_000, 10_001)] == [0, 1, 1, 2]


def test_what_comes_late_is_still_of_the_books_month() -> None:
    month = date(2026, 11, 1)
    late = datetime(2026, 12, 1, 0, 3, tzinfo=SHANGHAI)
    assert within_month(at=late, month=month) == datetime(
        2026, 11, 30, 23, 59, 59, 999_999, tzinfo=SHANGHAI
    )
    early = datetime(2026, 11, 30, 23, 59, tzinfo=SHANGHAI)
    assert within_month(at=early, month=month) == early


def test_age_is_known_for_sure_only_after_the_year() -> None:
    assert is_of_age(birth_year=2007, years=18, now_year=2026)
    assert not is_of_age(birth_year=2008, years=18, now_year=2026)
    assert not is_of_age(birth_year=None, years=18, now_year=2026)
