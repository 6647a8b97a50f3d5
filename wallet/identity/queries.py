"""Reads about who holders are, and what that lets them do."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from wallet.holders.models import Holder
from wallet.identity.models import IdentityCheck
from wallet.policy.queries import policy_int, policy_text

LOWEST_FIRST = (0, 1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a tier takes, and how much it lets a wallet hold and a day give (coins, gifts)."""

    tier: int
    proved_by: str
    wallet_coins_max: int
    gift_coins_per_day_max: int
    gift_count_per_day_max: int


def limits_of_tiers(*, now: datetime) -> list[Limits]:
    """Return the limits of every tier, the lowest first."""
    return [
        Limits(
            tier=tier,
            proved_by=policy_text(f"tier.{tier}", now=now),
            wallet_coins_max=policy_int("wallet.coins_max", now=now, scope=f"tier.{tier}"),
            gift_coins_per_day_max=policy_int(
                "gift.coins_per_day_max", now=now, scope=f"tier.{tier}"
            ),
            gift_count_per_day_max=policy_int(
                "gift.count_per_day_max", now=now, scope=f"tier.{tier}"
            ),
        )
        for tier in LOWEST_FIRST
    ]


def identity_of(holder: Holder) -> bytes | None:
    """Return the hash of the identity that a holder is known by, if it is."""
    passed = IdentityCheck.objects.filter(holder=holder, state=IdentityCheck.State.PASSED)
    found = passed.order_by("decided_at", "id").values_list("identity", flat=True).first()
    return None if found is None else bytes(found)


def wallets_with(identity: bytes) -> QuerySet[Holder]:
    """Return the wallets, not closed, that are known to be one person's."""
    passed = IdentityCheck.objects.filter(identity=identity, state=IdentityCheck.State.PASSED)
    return Holder.objects.filter(closed_at=None, pk__in=passed.values("holder"))


def checks_of(holder: Holder) -> QuerySet[IdentityCheck]:
    """Return a holder's checks, the newest first."""
    return IdentityCheck.objects.filter(holder=holder).order_by("-asked_at", "-id")
