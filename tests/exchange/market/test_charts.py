"""Charts stay on their canvas, whatever was traded or bid."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exchange.market.pages import charts
from exchange.market.pages.charts import depth_chart, price_chart
from exchange.market.rules import Level, ShownCandle

BEGINS = datetime(2026, 11, 16, tzinfo=UTC)
prices = st.integers(1, 100_000)
levels = st.lists(
    st.builds(Level, price_coins=prices, lots=st.integers(1, 10**9), orders=st.integers(1, 9)),
    max_size=20,
    unique_by=lambda level: level.price_coins,
)


@given(st.lists(st.tuples(prices, prices, prices, prices, st.integers(1, 10**9)), max_size=24))
def test_candles_stay_on_the_canvas(rows: list[tuple[int, ...]]) -> None:
    candles = [
        ShownCandle(
            starts_at=BEGINS + timedelta(hours=hour),
            open_coins=opened,
            high_coins=max(opened, closed, one, other),
            low_coins=min(opened, closed, one, other),
            close_coins=closed,
            lots=lots,
        )
        for hour, (opened, closed, one, other, lots) in enumerate(rows)
    ]
    chart = price_chart(candles)
    if chart is None:
        assert not rows
        return
    assert len(chart.sticks) == len(rows)
    for stick, candle in zip(chart.sticks, candles, strict=True):
        assert 0 <= stick.left <= stick.x <= stick.left + stick.width <= charts.WIDTH
        assert charts.PRICE_TOP <= stick.high <= stick.top <= stick.low <= charts.PRICE_BOTTOM
        assert charts.VOLUME_TOP <= stick.volume_top < charts.VOLUME_BOTTOM
        assert stick.rises == (candle.close_coins >= candle.open_coins)
    assert [stick.x for stick in chart.sticks] == sorted(stick.x for stick in chart.sticks)


@given(levels, levels)
def test_depth_stays_on_the_canvas(bids: list[Level], asks: list[Level]) -> None:
    bids.sort(key=lambda level: -level.price_coins)
    asks.sort(key=lambda level: level.price_coins)
    chart = depth_chart(bids, asks)
    if chart is None:
        assert not bids
        assert not asks
        return
    for outline, side in ((chart.bids, bids), (chart.asks, asks)):
        assert bool(outline) == bool(side)
        for axis, most in (("H", charts.WIDTH), ("V", charts.DEPTH_BOTTOM)):
            assert all(0 <= int(each) <= most for each in re.findall(rf"{axis}(-?\d+)", outline))
    assert f"V{charts.DEPTH_TOP}" in chart.bids + chart.asks  # the larger side reaches the top
