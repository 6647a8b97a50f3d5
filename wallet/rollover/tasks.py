"""Celery's doors to own data: post what carriers decided, ask before a month ends, roll what came late."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from ledger.rules import month_after, month_of, starts_at
from wallet.carriers.adaptors.choice import adaptor_for
from wallet.carriers.models import Carrier
from wallet.carriers.tasks import nudge
from wallet.policy.queries import policy_bool, policy_int
from wallet.rollover.operations.deposits import settle_deposits
from wallet.rollover.operations.late import roll_late
from wallet.rollover.operations.remainders import attest_remainders
from wallet.rollover.operations.take_backs import settle_take_backs
from wallet.rollover.operations.wishes import ask_about_rolls


@shared_task(name="wallet.rollover.settle")
def settle() -> None:
    """Post every outcome that waits."""
    while settle_deposits(now=timezone.now()):
        pass
    while settle_take_backs(now=timezone.now()):
        pass


@shared_task(name="wallet.rollover.roll_what_waited")
def roll_what_waited() -> None:
    """Roll what months' closes left waiting."""
    roll_late(now=timezone.now())


@shared_task(name="wallet.rollover.ask_holders")
def ask_holders() -> None:
    """Ask who wants to be asked, in a month's last days."""
    ask_about_rolls(now=timezone.now())


@shared_task(name="wallet.rollover.remainders")
def remainders(*, carrier: str) -> None:
    """Attest the ended month of one carrier's numbers by its adaptor."""
    adaptor = adaptor_for(carrier=Carrier.objects.get(pk=carrier))
    if adaptor is not None:
        now = timezone.now()
        attest_remainders(adaptor=adaptor, month=month_after(month_of(now), -1), now=now)


@shared_task(name="wallet.rollover.all_remainders")
def all_remainders() -> None:
    """Have each carrier asked that attests by its adaptor, while what it says may still roll."""
    now = timezone.now()
    for carrier in Carrier.objects.exclude(base_url="").order_by("pk"):
        days = policy_int("rollover.claim_late_days", now=now, scope=carrier.pk)
        may_roll = now < starts_at(month_of(now)) + timedelta(days=days)
        if may_roll and policy_bool("rollover.by_adaptor", now=now, scope=carrier.pk):
            nudge(remainders, carrier=carrier.pk)
