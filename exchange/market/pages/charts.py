"""Charts of a book as shapes for an SVG: whole units of a fixed canvas, nothing to compute there."""

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.market.rules import Level, ShownCandle

WIDTH = 360
PRICE_TOP, PRICE_BOTTOM = 18, 132
VOLUME_TOP, VOLUME_BOTTOM = 140, 166
DEPTH_TOP, DEPTH_BOTTOM = 18, 160
SLOTS_MIN = 12  # few candles stand no wider than this


@dataclass(frozen=True, slots=True, kw_only=True)
class Stick:
    """A candle as drawn: its middle, its wick, its body, and its lots below."""

    x: int
    left: int
    width: int
    high: int
    low: int
    top: int
    height: int
    volume_top: int
    volume_height: int
    rises: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChart:
    """Candles, and what their scale says (coins per lot)."""

    sticks: tuple[Stick, ...]
    high_coins: int
    low_coins: int
    first: ShownCandle
    last: ShownCandle


def price_chart(candles: Sequence[ShownCandle]) -> PriceChart | None:
    """Return candles as drawn; None without any."""
    if not candles:
        return None
    high = max(candle.high_coins for candle in candles)
    low = min(candle.low_coins for candle in candles)
    most = max(candle.lots for candle in candles)
    slot = WIDTH // max(len(candles), SLOTS_MIN)
    left = (WIDTH - slot * len(candles)) // 2
    return PriceChart(
        sticks=tuple(
            _stick(candle, at=left + place * slot, slot=slot, scale=(low, high), most=most)
            for place, candle in enumerate(candles)
        ),
        high_coins=high,
        low_coins=low,
        first=candles[0],
        last=candles[-1],
    )


def _stick(candle: ShownCandle, *, at: int, slot: int, scale: tuple[int, int], most: int) -> Stick:
    def y(price: int) -> int:
        low, high = scale
        if low == high:
            return (PRICE_TOP + PRICE_BOTTOM) // 2
        return PRICE_BOTTOM - (price - low) * (PRICE_BOTTOM - PRICE_TOP) // (high - low)

    top, bottom = sorted((y(candle.open_coins), y(candle.close_coins)))
    volume = max(1, candle.lots * (VOLUME_BOTTOM - VOLUME_TOP) // most)
    return Stick(
        x=at + slot // 2,
        left=at + slot // 6,
        width=max(2, slot * 2 // 3),
        high=y(candle.high_coins),
        low=y(candle.low_coins),
        top=top,
        height=max(2, bottom - top),
        volume_top=VOLUME_BOTTOM - volume,
        volume_height=volume,
        rises=candle.close_coins >= candle.open_coins,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthChart:
    """Lots bid for and offered, added up from the best price outwards, as two outlines."""

    bids: str
    asks: str
    low_coins: int
    high_coins: int
    most_lots: int


def depth_chart(bids: Sequence[Level], asks: Sequence[Level]) -> DepthChart | None:
    """Return both sides of a book as drawn, best prices first; None where there are no orders."""
    prices = [level.price_coins for level in (*bids, *asks)]
    if not prices:
        return None
    low, high = min(prices) - 1, max(prices) + 1
    most = max(sum(level.lots for level in bids), sum(level.lots for level in asks))

    def outline(levels: Sequence[Level], *, edge: int) -> str:
        """Return steps that rise from the best price to an edge."""
        if not levels:
            return ""
        steps, added = [f"M{x(levels[0].price_coins)} {DEPTH_BOTTOM}"], 0
        for level, following in zip(levels, (*levels[1:], None), strict=True):
            added += level.lots
            until = following.price_coins if following else edge
            height = added * (DEPTH_BOTTOM - DEPTH_TOP) // most
            steps.append(f"V{DEPTH_BOTTOM - height}H{x(until)}")
        return f"{''.join(steps)}V{DEPTH_BOTTOM}Z"

    def x(price: int) -> int:
        return (price - low) * WIDTH // (high - low)

    return DepthChart(
        bids=outline(bids, edge=low),
        asks=outline(asks, edge=high),
        low_coins=low,
        high_coins=high,
        most_lots=most,
    )
