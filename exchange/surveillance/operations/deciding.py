"""What staff do about an alert: look at it, dismiss it with a reason, or act on it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from exchange.orders.operations import halt_book, propose_bust
from exchange.surveillance.models import Alert
from exchange.surveillance.queries import WAITING, trades_of
from ledger.adjustments.rules import Person
from ledger.refusals import Refusal

REASON_LENGTH_MIN = 5
REASON_LENGTH_MAX = 500


class AlertDecided(Refusal):
    """The alert was decided on before, otherwise or by somebody else."""

    code = "alert_decided"


class AlertReasonMissing(Refusal):
    """A decision without a reason would tell an auditor nothing."""

    code = "alert_reason_missing"
    status = 422


class NoTradesToBust(Refusal):
    """None of the alert's trades is left to be undone."""

    code = "no_trades_to_bust"


@transaction.atomic
def look_at_alert(*, alert: Alert, by: str, now: datetime) -> Alert:
    """Note who looks at an alert, and return it; what was looked at before stays as it is.

    Raises:
        AlertDecided: it was decided on.
    """
    found = _waiting(alert)
    if found.state == Alert.State.OPEN:
        found.state, found.looked_by, found.looked_at = Alert.State.LOOKED_AT, by, now
        found.save(update_fields=["state", "looked_by", "looked_at"])
    return found


@transaction.atomic
def dismiss_alert(*, alert: Alert, reason: str, by: str, now: datetime) -> Alert:
    """Put an alert away as nothing wrong, with the reason, and return it.

    Raises:
        AlertReasonMissing, AlertDecided: as they say.
    """
    _refuse_no_reason(reason)
    return _decided(_waiting(alert), state=Alert.State.DISMISSED, reason=reason, by=by, now=now)


@transaction.atomic
def act_on_alert(
    *, alert: Alert, act: Alert.Act, reason: str, by: Person, key: UUID, now: datetime
) -> Alert:
    """Halt the book, propose to undo the trades, or note what else was done; return the alert.

    A second person decides what is proposed.

    Raises:
        AlertReasonMissing, AlertDecided, NoTradesToBust: as they say.
        BookEnded, BookHalted, HaltReasonMissing, KeyReused: as for a halt.
        TradeBusted, TradeSettled, BoughtDataGone, AdjustmentReasonMissing, AdjustmentRoleMissing,
            AdjustmentLimitPassed, EscrowNotAllowed, InvalidPosting: as for a bust.
    """
    _refuse_no_reason(reason)
    found, actor = _waiting(alert), f"admin/{by.id}"
    if act == Alert.Act.HALT:
        halt_book(book=found.book, by=actor, reason=reason, key=key, now=now)
    elif act == Alert.Act.BUST:
        trades = list(trades_of(found).filter(busted_at=None).select_related("book", "buy"))
        if not trades:
            raise NoTradesToBust("No trade of this alert is left to be undone.")
        found.proposal = propose_bust(trades=trades, reason=reason, by=by, key=key, now=now).pk
    found.act = act
    return _decided(found, state=Alert.State.ACTED_ON, reason=reason, by=actor, now=now)


def _refuse_no_reason(reason: str) -> None:
    if not REASON_LENGTH_MIN <= len(reason.strip()) <= REASON_LENGTH_MAX:
        raise AlertReasonMissing(
            f"Say why, in {REASON_LENGTH_MIN} to {REASON_LENGTH_MAX} characters."
        )


def _waiting(alert: Alert) -> Alert:
    rows = Alert.objects.select_for_update(of=("self",), no_key=True).select_related("book")
    found = rows.get(pk=alert.pk)
    if found.state not in WAITING:
        raise AlertDecided("This alert was decided on before.")
    return found


def _decided(alert: Alert, *, state: Alert.State, reason: str, by: str, now: datetime) -> Alert:
    if alert.looked_at is None:
        alert.looked_by, alert.looked_at = by, now
    alert.state, alert.reason = state, reason.strip()
    alert.decided_by, alert.decided_at = by, now
    alert.save()
    return alert
