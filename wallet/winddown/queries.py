"""Where the service stands: going on, announced to end, ending, ended."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from django.db import connection

from ledger.queries import Holding
from ledger.rules import COIN
from wallet.winddown.models import WindDown, WindDownStep
from wallet.winddown.steps import steps

_SQL = Path(__file__).parent / "sql"
_COINS_LEFT = (_SQL / "coins_left_v1.sql").read_text()
_POSTED_HERE = (_SQL / "posted_here_v1.sql").read_text()
SHOWN_MAX = 10


def live_wind_down() -> WindDown | None:
    """Return the wind-down that was announced and not called off, if there is one."""
    return WindDown.objects.filter(called_off_at=None).first()


def call_off_to_tell() -> WindDown | None:
    """Return a wind-down that was called off and not everybody knows it, if there is one."""
    rows = WindDown.objects.filter(called_off_at__isnull=False, call_off_told_at=None)
    return rows.order_by("announced_at").first()


Standing = Literal["going_on", "announced", "ending", "ended"]


def standing_of(wind_down: WindDown | None) -> Standing:
    """Say how the service stands, given the wind-down that was announced and not called off."""
    if wind_down is None:
        return "going_on"
    if wind_down.begun_at is None:
        return "announced"
    return "ending" if wind_down.ended_at is None else "ended"


def is_winding_down() -> bool:
    """Say whether a wind-down has begun: nothing new is issued, opened or set aside."""
    return WindDown.objects.filter(begun_at__isnull=False).exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProgress:
    """How far a step has come: the most that was before it, and what is left now."""

    name: str
    found: int
    left: int

    @property
    def done(self) -> int:
        """Return how much of it is done."""
        return max(self.found - self.left, 0)


def wind_down_progress(*, wind_down: WindDown, now: datetime) -> list[StepProgress]:
    """Return every step in its order, and how far it has come."""
    seen = dict(WindDownStep.objects.filter(wind_down=wind_down).values_list("name", "found"))
    progress = []
    for step in steps():
        left = step.left(now) if wind_down.ended_at is None else 0
        found = max(seen.get(step.name, 0), left)
        progress.append(StepProgress(name=step.name, found=found, left=left))
    return progress


def coins_left(*, limit: int = SHOWN_MAX) -> list[Holding]:
    """Return accounts that still hold coins or owe some, the system's own aside."""
    with connection.cursor() as cursor:
        cursor.execute(_COINS_LEFT, {"limit": limit})
        return [Holding(address, COIN, int(coins)) for address, coins in cursor.fetchall()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What transactions of one kind move of one asset, in its whole units."""

    kind: str
    asset: str
    transactions: int
    amount: int


def posted_here() -> list[Moved]:
    """Return what the database transaction that is open has posted so far, by kind and asset."""
    with connection.cursor() as cursor:
        cursor.execute(_POSTED_HERE)
        return [
            Moved(kind=kind, asset=asset, transactions=count, amount=int(amount))
            for kind, asset, count, amount in cursor.fetchall()
        ]
