"""Reads about numbers: codes that were asked, what happened to one, logins given back."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from wallet.holders.models import Holder, Number, NumberEvent
from wallet.holders.rules import UnknownId
from wallet.numbers.models import LoginChange, NumberCode
from wallet.numbers.rules import number_code


def code_asked(*, holder: Holder, code_id: UUID) -> NumberCode:
    """Return a code that a holder asked for.

    Raises:
        UnknownId: the holder asked for no such code.
    """
    found = NumberCode.objects.filter(pk=code_id, holder=holder).first()
    if found is None:
        raise UnknownId("You asked for no such code.")
    return found


def digits_of(code: NumberCode) -> str:
    """Return the digits to send."""
    return number_code(code_id=code.pk, key=settings.LINK_KEY)


def history_of(holder: Holder) -> QuerySet[NumberEvent]:
    """Return what happened to a holder's numbers while they were its own, the newest first."""
    rows = NumberEvent.objects.filter(holder=holder).select_related("number")
    return rows.order_by("-id")


def doubted_of(holder: Holder) -> QuerySet[Number]:
    """Return the numbers of a holder that may have a new owner."""
    return Number.objects.filter(holder=holder, doubted_at__isnull=False).order_by("id")


def login_state_of(change: LoginChange, *, now: datetime) -> str:
    """Return how a login change stands: asked, waiting, expired, or how it was decided."""
    if change.outcome:
        return change.outcome
    if now >= change.expires_at:
        return "expired"
    return "asked" if change.proved_at is None else "waiting"


def logins_waiting(*, now: datetime) -> int:
    """Return how many login changes wait for a second person."""
    waiting = LoginChange.objects.filter(outcome="", proved_at__isnull=False, expires_at__gt=now)
    return waiting.count()
