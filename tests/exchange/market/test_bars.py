"""Candles are what a slow and plain count of the same trades finds."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exchange.market.rules import SPANS, Bar, Print, bars_by_span, span_ends_at, span_starts_at
from ledger.rules import SHANGHAI

BEGINS = datetime(2026, 11, 16, 15, 30, tzinfo=UTC)  # half an hour before midnight in Shanghai

prints = st.lists(
    st.tuples(st.integers(1, 200), st.integers(1, 50), st.integers(0, 3 * 3600)), max_size=60
).map(
    lambda rows: [
        # Numbers are the book's order; the moments of acceptance need not be.
        Print(number=number, price_coins=price, lots=lots, at=BEGINS + timedelta(seconds=late))
        for number, (price, lots, late) in enumerate(rows, 1)
    ]
)


@given(prints)
def test_candles_equal_a_plain_count(trades: list[Print]) -> None:
    found = bars_by_span(trades)
    assert set(found) == set(SPANS)
    for span in SPANS:
        assert found[span] == _counted(trades, span=span)


def _counted(trades: list[Print], *, span: str) -> dict[datetime, Bar]:
    shape = {"1m": "%Y-%m-%d %H:%M", "1h": "%Y-%m-%d %H", "1d": "%Y-%m-%d"}[span]
    counted = {}
    for name in {f"{each.at.astimezone(SHANGHAI):{shape}}" for each in trades}:
        inside = [each for each in trades if f"{each.at.astimezone(SHANGHAI):{shape}}" == name]
        prices = [each.price_coins for each in inside]
        counted[datetime.strptime(name, shape).replace(tzinfo=SHANGHAI)] = Bar(
            open_coins=prices[0],
            high_coins=max(prices),
            low_coins=min(prices),
            close_coins=prices[-1],
            lots=sum(each.lots for each in inside),
            turnover_coins=sum(each.price_coins * each.lots for each in inside),
            trades=len(inside),
            first_number=inside[0].number,
            last_number=inside[-1].number,
        )
    return counted


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    at = datetime(2026, 11, 16, 16, 0, 1, tzinfo=UTC)
    begins = span_starts_at(at, span="1d")
    assert begins == datetime(2026, 11, 17, tzinfo=SHANGHAI)
    assert span_ends_at(begins, span="1d") == datetime(2026, 11, 18, tzinfo=SHANGHAI)
    assert span_starts_at(at, span="1m") == datetime(2026, 11, 16, 16, 0, tzinfo=UTC)
