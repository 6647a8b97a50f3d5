"""Announce the end of the service, call it off, begin it, and carry it out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from ledger.proofs.queries import findings
from ledger.refusals import Refusal
from wallet.policy.queries import policy_int
from wallet.winddown.models import WindDown, WindDownStep
from wallet.winddown.queries import Moved, coins_left, live_wind_down, posted_here
from wallet.winddown.steps import Step, steps

BATCH = 500
REASON_LENGTH_MAX = 500


class WindDownReasonMissing(Refusal):
    """The end of a service is announced with its reason, in at most 500 characters."""

    code = "wind_down_reason_missing"
    status = 422


class WindDownNotAnnounced(Refusal):
    """Nobody has announced the end of the service."""

    code = "wind_down_not_announced"


class WindDownTooEarly(Refusal):
    """The days of notice are not over."""

    code = "wind_down_too_early"


class WindDownBegun(Refusal):
    """A wind-down that has begun is carried out to the end."""

    code = "wind_down_begun"


class WindDownUnproved(Refusal):
    """Nothing is outstanding, but a proof of the books is broken."""

    code = "wind_down_unproved"


@transaction.atomic
def announce_wind_down(*, reason: str, by: str, now: datetime) -> WindDown:
    """Announce the end of the service, or return the announcement that stands.

    It may begin after `winddown.notice_days`, as policy has them now.

    Raises:
        WindDownReasonMissing: no reason is given, or one too long.
    """
    reason = reason.strip()
    if not 1 <= len(reason) <= REASON_LENGTH_MAX:
        raise WindDownReasonMissing(f"Say why, in at most {REASON_LENGTH_MAX} characters.")
    days = policy_int("winddown.notice_days", now=now)
    WindDown.objects.bulk_create(
        [
            WindDown(
                reason=reason,
                announced_at=now,
                announced_by=by,
                may_begin_at=now + timedelta(days=days),
            )
        ],
        ignore_conflicts=True,
    )
    return WindDown.objects.get(called_off_at=None)


@transaction.atomic
def call_off_wind_down(*, by: str, now: datetime) -> WindDown:
    """Call off what was announced and has not begun, and return it.

    Raises:
        WindDownNotAnnounced: nothing is announced.
        WindDownBegun: it has begun.
    """
    found = _announced()
    if found.begun_at is not None:
        raise WindDownBegun("It has begun, and is carried out to the end.")
    found.called_off_at, found.called_off_by = now, by
    found.save(update_fields=["called_off_at", "called_off_by"])
    return found


@transaction.atomic
def begin_wind_down(*, by: str, now: datetime) -> WindDown:
    """Stop issuing, opening and setting aside, for good, and return the wind-down.

    Asked again, the one already begun comes back.

    Raises:
        WindDownNotAnnounced: nobody has announced it.
        WindDownTooEarly: the days of notice are not over.
    """
    found = _announced()
    if found.begun_at is not None:
        return found
    if now < found.may_begin_at:
        raise WindDownTooEarly(
            f"It may begin at {found.may_begin_at.isoformat()}.",
            may_begin_at=found.may_begin_at.isoformat(),
        )
    found.begun_at, found.begun_by = now, by
    found.save(update_fields=["begun_at", "begun_by"])
    return found


def _announced() -> WindDown:
    found = WindDown.objects.select_for_update().filter(called_off_at=None).first()
    if found is None:
        raise WindDownNotAnnounced("Nobody has announced the end of the service.")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """How much was done of which step; nothing done, and something left, of one that waits."""

    step: str
    done: int
    left: int
    has_ended: bool = False


def advance_wind_down(*, now: datetime, limit: int = BATCH) -> Advance:
    """Do one batch of the first step that has something to do, and return what that was.

    Several may run at once and any may be killed: what is done is done once. When nothing is
    left anywhere, the books are proved and the wind-down ends.

    Raises:
        WindDownNotAnnounced: there is none.
        WindDownUnproved: nothing is outstanding, but a proof is broken.
    """
    wind_down = live_wind_down()
    if wind_down is None:
        raise WindDownNotAnnounced("Nobody has announced the end of the service.")
    if wind_down.ended_at is not None:
        return Advance(step="", done=0, left=0, has_ended=True)
    waiting: Advance | None = None
    for step in steps():
        if wind_down.begun_at is None and not step.in_notice:
            continue
        _note_found(wind_down, step=step, now=now)
        done = step.run(now=now, limit=limit)
        if done:
            return Advance(step=step.name, done=done, left=0)
        left = step.left(now)
        if left:
            waiting = waiting or Advance(step=step.name, done=0, left=left)
            if step.is_barrier:
                break
    if waiting is not None or wind_down.begun_at is None:
        return waiting or Advance(step="", done=0, left=0)
    return _ended(wind_down, now=now)


def _note_found(wind_down: WindDown, *, step: Step, now: datetime) -> None:
    """Note the most a step has had before it, the first time it is looked at."""
    seen = WindDownStep.objects.filter(wind_down=wind_down, name=step.name)
    if not seen.exists():
        row = WindDownStep(wind_down=wind_down, name=step.name, found=step.left(now))
        WindDownStep.objects.bulk_create([row], ignore_conflicts=True)


def _ended(wind_down: WindDown, *, now: datetime) -> Advance:
    held = coins_left()
    if held:
        return Advance(step="outstanding", done=0, left=len(held))
    broken = next((found for found in findings() if not found.is_clean), None)
    if broken is not None:
        raise WindDownUnproved(f"{broken.title}: {broken.first_broken}", proof=broken.name)
    WindDown.objects.filter(pk=wind_down.pk, ended_at=None).update(ended_at=now)
    return Advance(step="", done=0, left=0, has_ended=True)


def rehearse_wind_down(*, now: datetime) -> list[Moved]:
    """Carry out a wind-down and undo all of it; return what it would post, to the coin.

    Carriers are taken to deliver what they are sent. While it runs, what it touches is locked;
    what cannot be had within two seconds ends the rehearsal.

    Raises:
        WindDownBegun: it has begun, and its progress is to be looked at instead.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
        found = live_wind_down()
        if found is not None and found.begun_at is not None:
            raise WindDownBegun("It has begun; look at its progress.")
        _pretend(found, now=now)
        while any(step.run(now=now, limit=BATCH) for step in steps()):
            pass
        moved = posted_here()
        transaction.set_rollback(True)
    return moved


def _pretend(found: WindDown | None, *, now: datetime) -> None:
    """Have a wind-down that has begun, for as long as the rehearsal lasts."""
    row = found or WindDown(reason="rehearsal", announced_at=now, announced_by="rehearsal")
    row.may_begin_at, row.begun_at = now, now
    row.save()
