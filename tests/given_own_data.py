"""Worlds of own data: what carriers pay for it, and what policies say of its rolling."""

from datetime import datetime, timedelta
from typing import Any

from tests.given import NOW
from wallet.policy.operations import set_policy


def a_policy(key: str, value: Any, *, scope: str = "", now: datetime = NOW) -> None:
    """Have a policy in force since a day before now."""
    before = now - timedelta(days=1)
    set_policy(
        key=key,
        value=value,
        scope=scope,
        starts_at=before,
        set_by="test",
        reason="test",
        now=before,
    )


def a_rate(carrier: str, coins_per_100mb: int, *, now: datetime = NOW) -> None:
    """Have a carrier give this many coins for 100 MB of deposited data."""
    a_policy("deposit.rate_coins_per_100mb", coins_per_100mb, scope=carrier, now=now)
