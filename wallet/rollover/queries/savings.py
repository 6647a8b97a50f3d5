"""Reads about data saved as coins."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from wallet.holders.models import Holder
from wallet.holders.rules import UnknownId
from wallet.policy.queries import policy_int
from wallet.rollover.models import Saving
from wallet.rollover.rules import HUNDRED


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a holder has saved with one carrier, all time: MB, hundredths of coins, coins paid."""

    mb: int
    hundredths: int
    coins: int


def saved_with(*, holder: Holder, carrier: str) -> Saved:
    """Return what a holder has saved with a carrier, all time."""
    sums = Saving.objects.filter(holder=holder, carrier=carrier).aggregate(
        saved=Sum("mb", default=0),
        hundredths=Sum(F("mb") * F("rate_coins_per_100mb"), default=0),
        paid=Sum("coins", default=0),
    )
    return Saved(mb=int(sums["saved"]), hundredths=int(sums["hundredths"]), coins=int(sums["paid"]))


def saving_rate(*, carrier: str, now: datetime) -> int:
    """Return how many coins a carrier gives for 100 MB of deposited data; 0 is none at all."""
    return policy_int("deposit.rate_coins_per_100mb", now=now, scope=carrier)


def savings_of(holder: Holder) -> QuerySet[Saving]:
    """Return a holder's savings, newest first."""
    rows = Saving.objects.filter(holder=holder).select_related("number")
    return rows.order_by("-saved_at", "-id")


def saving_of(*, holder: Holder, saving_id: UUID) -> Saving:
    """Return one of a holder's savings.

    Raises:
        UnknownId: the holder has no such saving.
    """
    found = savings_of(holder).filter(pk=saving_id).first()
    if found is None:
        raise UnknownId("You have no such saving.")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a carrier gives for data now, and what the holder has saved with it."""

    carrier: str
    rate_coins_per_100mb: int
    saved: Saved

    @property
    def mb_to_next_coin(self) -> int:
        """Return how many more MB give the next coin."""
        short = HUNDRED - self.saved.hundredths % HUNDRED
        return -(-short // self.rate_coins_per_100mb)


def saving_offers(*, holder: Holder, carriers: Iterable[str], now: datetime) -> list[Offer]:
    """Return what these carriers give for data now, those that give nothing left out."""
    rates = {code: saving_rate(carrier=code, now=now) for code in sorted(set(carriers))}
    return [
        Offer(
            carrier=code,
            rate_coins_per_100mb=rate,
            saved=saved_with(holder=holder, carrier=code),
        )
        for code, rate in rates.items()
        if rate
    ]
