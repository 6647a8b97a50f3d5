"""Background work with carriers: each carrier's in a queue of its own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from wallet.carriers.adaptors.choice import adaptor_for
from wallet.carriers.instructions.operations import give_up_unsent, report_undecided
from wallet.carriers.models import Carrier
from wallet.carriers.operations import read_statements, serve_carrier
from wallet.carriers.queries import carriers_with_work
from wallet.carriers.reconciliation.operations import reconcile_days
from wallet.carriers.reconciliation.queries import (
    DAYS_THAT_DECIDE,
    carriers_asked,
    days_to_reconcile,
)
from wallet.carriers.reconciliation.resolving import resolve_decided

log = structlog.get_logger(__name__)

#: A nudge nobody took up by then is dropped: the next sweep makes another.
NUDGE_SECONDS = 30
ROUNDS = 8
CALLS_A_ROUND = 25

_followers: list[Callable[[], None]] = []


def follow_decisions(follower: Callable[[], None]) -> None:
    """Have something done whenever carriers decided instructions: their outcomes can be posted."""
    _followers.append(follower)


def nudge(task: Any, **kwargs: str) -> None:
    """Start a task soon; if the broker cannot be reached, the sweep will."""
    try:
        task.apply_async(kwargs=kwargs, expires=NUDGE_SECONDS, retry=False, ignore_result=True)
    except OperationalError:
        log.warning("nudge_lost", task=task.name)


@shared_task(name="wallet.carriers.serve")
def serve(*, carrier: str) -> None:
    """Ask one carrier about everything that is due."""
    adaptor = adaptor_for(carrier=Carrier.parties.get(pk=carrier))
    if adaptor is None:
        return
    for _ in range(ROUNDS):
        # In rounds, so that what was decided first is posted before the last is asked.
        if not serve_carrier(adaptor=adaptor, clock=timezone.now, limit=CALLS_A_ROUND):
            break
        _tell_followers()


@shared_task(name="wallet.carriers.serve_all")
def serve_all() -> None:
    """Nudge every carrier of which something is due."""
    for carrier in carriers_with_work(now=timezone.now()):
        nudge(serve, carrier=carrier)


@shared_task(name="wallet.carriers.statements")
def statements(*, carrier: str) -> None:
    """Read one carrier's statements that are due, and decide by them."""
    adaptor = adaptor_for(carrier=Carrier.parties.get(pk=carrier))
    if adaptor is None:
        return
    now = timezone.now()
    read = read_statements(adaptor=adaptor, now=now)
    if read:
        _tell_followers()
    final = [row.day for row in read if row.final]
    days = {day - timedelta(days=less) for day in final for less in range(DAYS_THAT_DECIDE)}
    reconcile_days(carrier=carrier, days=sorted(days), now=now)


@shared_task(name="wallet.carriers.all_statements")
def all_statements() -> None:
    """Have every carrier's statements read, each in its own queue."""
    for carrier in Carrier.parties.exclude(base_url="").order_by("pk"):
        nudge(statements, carrier=carrier.pk)


@shared_task(name="wallet.carriers.reconcile")
def reconcile(*, carrier: str) -> None:
    """Compare one carrier's statements, what we hold to be done, and the ledger, day by day."""
    now = timezone.now()
    days = days_to_reconcile(carrier=carrier, now=now)
    reconcile_days(carrier=carrier, days=days, now=now)


@shared_task(name="wallet.carriers.reconcile_all")
def reconcile_all() -> None:
    """Have every carrier's days compared, each in its own queue."""
    for carrier in carriers_asked():
        nudge(reconcile, carrier=carrier)


@shared_task(name="wallet.carriers.undecided")
def undecided() -> None:
    """Give up what could not be sent in a day; put what is undecided after two before an admin."""
    if give_up_unsent(now=timezone.now()):
        _tell_followers()
    report_undecided(now=timezone.now())
    resolve_decided(now=timezone.now())


def _tell_followers() -> None:
    for follower in _followers:
        follower()
