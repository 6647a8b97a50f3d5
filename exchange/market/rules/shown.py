"""What a book shows to everybody, and the same as it goes over the wire."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from exchange.matching.rules import Indicative

SIDE_NAMES = {"B": "buy", "S": "sell", "": ""}
_SIDES = {name: side for side, name in SIDE_NAMES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One price of one side: coins per lot, its open lots, and how many orders make them up."""

    price_coins: int
    lots: int
    orders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTrade:
    """A trade as everybody may see it: nobody's name."""

    number: int
    price_coins: int
    lots: int
    taker: str
    traded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticker:
    """The last 24 hours, to the minute: coins per lot, lots, coins paid; None without a trade.

    The last price is the last trade's, however long ago.
    """

    last_coins: int | None = None
    open_coins: int | None = None
    high_coins: int | None = None
    low_coins: int | None = None
    lots: int = 0
    turnover_coins: int = 0
    trades: int = 0

    @property
    def change_coins(self) -> int | None:
        """Return by how much the price has changed since the first trade of the 24 hours."""
        if self.open_coins is None or self.last_coins is None:
            return None
        return self.last_coins - self.open_coins


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCandle:
    """A candle as charts need it."""

    starts_at: datetime
    open_coins: int
    high_coins: int
    low_coins: int
    close_coins: int
    lots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A book after the event of this number: both sides best first, the last trades newest first.

    During a call it says what an uncross would do now. `at` is the minute it was computed in;
    candles are of the hour, oldest first.
    """

    sequence: int
    phase: str
    at: datetime
    lot_mb: int
    opens_at: datetime
    closing_call_at: datetime
    uncross_at: datetime
    bids: tuple[Level, ...] = ()
    asks: tuple[Level, ...] = ()
    trades: tuple[LastTrade, ...] = ()
    ticker: Ticker = field(default_factory=Ticker)
    candles: tuple[ShownCandle, ...] = ()
    indicative: Indicative | None = None

    @property
    def last_price_coins(self) -> int | None:
        """Return the price of the last trade."""
        return self.trades[0].price_coins if self.trades else None


def picture_of(snapshot: Snapshot) -> dict[str, Any]:
    """Return a snapshot as JSON has it: instants in UTC, sides in words."""
    indicative = snapshot.indicative
    return {
        **{name: getattr(snapshot, name) for name in ("sequence", "phase", "lot_mb")},
        **{name: _instant(getattr(snapshot, name)) for name in _INSTANTS},
        "indicative": None
        if indicative is None
        else {
            "price_coins": indicative.price,
            "lots": indicative.volume,
            "imbalance_lots": indicative.imbalance,
        },
        "bids": [asdict(level) for level in snapshot.bids],
        "asks": [asdict(level) for level in snapshot.asks],
        "trades": [
            asdict(trade)
            | {"taker": SIDE_NAMES[trade.taker], "traded_at": _instant(trade.traded_at)}
            for trade in snapshot.trades
        ],
        "ticker": asdict(snapshot.ticker) | {"change_coins": snapshot.ticker.change_coins},
        "candles": [
            asdict(candle) | {"starts_at": _instant(candle.starts_at)}
            for candle in snapshot.candles
        ],
    }


def snapshot_in(picture: dict[str, Any]) -> Snapshot:
    """Return the snapshot that JSON of it says; what else stands there is passed over."""
    called, ticker = picture["indicative"], dict(picture["ticker"])
    del ticker["change_coins"]
    instants: dict[str, Any] = {name: datetime.fromisoformat(picture[name]) for name in _INSTANTS}
    return Snapshot(
        **{name: picture[name] for name in ("sequence", "phase", "lot_mb")},
        **instants,
        bids=tuple(Level(**each) for each in picture["bids"]),
        asks=tuple(Level(**each) for each in picture["asks"]),
        trades=tuple(
            LastTrade(
                **each
                | {
                    "taker": _SIDES[each["taker"]],
                    "traded_at": datetime.fromisoformat(each["traded_at"]),
                }
            )
            for each in picture["trades"]
        ),
        ticker=Ticker(**ticker),
        candles=tuple(
            ShownCandle(**each | {"starts_at": datetime.fromisoformat(each["starts_at"])})
            for each in picture["candles"]
        ),
        indicative=None
        if called is None
        else Indicative(
            price=called["price_coins"],
            volume=called["lots"],
            imbalance=called["imbalance_lots"],
        ),
    )


_INSTANTS = ("at", "opens_at", "closing_call_at", "uncross_at")


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
