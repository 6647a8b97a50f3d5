"""What a task pays and when: arithmetic in whole coins, without a database."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

EVENT = re.compile(r"[a-z0-9][a-z0-9_-]{0,15}")
STAGES_MAX = 8
VEST_DAYS_MAX = 365
BARS_MIN = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePlan:
    """One step of a task: the event that proves it, its coins, the earliest day they vest.

    The days count from the proof of the first step; None takes policy's for this event.
    """

    event: str
    coins: int
    vest_days: int | None = None


def earning_address(earning_id: UUID) -> str:
    """Return the address where an earning's coins wait."""
    return f"earning/{earning_id}"


def vests_at(*, first_proved_at: datetime, proved_at: datetime, vest_days: int) -> datetime:
    """Return when a proved stage vests: never before its proof, nor before its day has come."""
    return max(proved_at, first_proved_at + timedelta(days=vest_days))


def repaid_first(*, coins: Sequence[int], owed: int) -> list[int]:
    """Return how much of each sum goes to a debt of `owed` coins, the first sums first."""
    repaid = []
    for each in coins:
        repaid.append(min(each, owed))
        owed -= repaid[-1]
    return repaid


def coins_per_minute_tenths(*, coins: int, minutes: int) -> int:
    """Return what a task pays per minute, in tenths of a coin, rounded down."""
    return coins * 10 // minutes


def in_tenths(tenths: int) -> str:
    """Return a number of tenths as it is read: 123 is 12.3."""
    return f"{tenths // 10}.{tenths % 10}"


def each_in_tenths(*, coins: int, count: int) -> int | None:
    """Return what one of `count` cost in tenths of a coin, rounded down; None for none."""
    return coins * 10 // count if count else None


def is_out_of_order(*, event: str, events: Sequence[str], proved: Iterable[str]) -> bool:
    """Say whether an event comes before the task's first one was proved."""
    return event != events[0] and events[0] not in set(proved)


def address_with_earning(*, url: str, earning: str) -> str:
    """Return a sponsor's address with the earning's opaque id, so that its postback can name it."""
    parts = urlsplit(url)
    query = [
        pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "earning"
    ]
    return urlunsplit(parts._replace(query=urlencode([*query, ("earning", earning)])))


def origin_of(url: str) -> str:
    """Return an address's scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def days_left(*, left: int, spent: int, days: int) -> int | None:
    """Return in how many days a budget is spent, at the pace of the last days; None at no pace."""
    return left * days // spent if spent > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar of a chart, in the chart's own whole units, measured from its upper left corner."""

    x: int
    y: int
    width: int
    height: int


def bars(*, amounts: Sequence[int], width: int, height: int) -> list[Bar]:
    """Return one bar for each amount, side by side, the greatest as high as the chart.

    A few amounts leave room to the right, so that a bar looks like one.
    """
    most = max(amounts, default=0)
    step = width // max(len(amounts), BARS_MIN)
    heights = [amount * height // most if most else 0 for amount in amounts]
    return [
        Bar(x=place * step, y=height - each, width=max(step - 1, 1), height=each)
        for place, each in enumerate(heights)
    ]
