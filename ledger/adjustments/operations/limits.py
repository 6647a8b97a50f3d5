"""Up to how much a role may propose and approve."""

from datetime import datetime

from django.db import connection, transaction

from ledger import refusals
from ledger.adjustments import refusals as ours
from ledger.adjustments.models import AdjustmentLimit
from ledger.adjustments.queries import limit_of
from ledger.adjustments.rules import REASON_LENGTH_MIN, Person
from ledger.rules import AMOUNT_MAX

DATABASE_REFUSALS: dict[str, type[refusals.Refusal]] = {
    "FC051": ours.UnknownProposal,
    "FC052": ours.ProposalDecided,
    "FC053": ours.OwnProposal,
    "FC054": ours.ProposalExpired,
    "FC055": ours.AdjustmentLimitPassed,
    "FC056": ours.AdjustmentRoleMissing,
    "FC057": ours.EscrowNotAllowed,
    "FC058": ours.NotTheProposer,
    "FC060": refusals.AlreadyReversed,
}
_LIMIT = (
    "SELECT public.ledger_set_adjustment_limit_v1(%s, %s, %s, %s, %s, %s::smallint, %s, %s, %s)"
)


@transaction.atomic
def set_adjustment_limit(
    *,
    role: str,
    act: str,
    units_each_max: int,
    units_per_day_max: int,
    escrows: bool,
    open_days: int | None,
    reason: str,
    by: str,
    now: datetime,
) -> AdjustmentLimit:
    """Give a role another limit (whole units) from now on; the rows before it stay.

    A limit of zero takes the act from the role.

    Raises:
        AdjustmentReasonMissing: the reason is too short to tell anything.
        BadAdjustmentLimit: a day below a single one, or days that do not belong to the act.
    """
    if len(reason.strip()) < REASON_LENGTH_MIN:
        raise ours.AdjustmentReasonMissing(f"Say why, in {REASON_LENGTH_MIN} letters or more.")
    if not 0 <= units_each_max <= units_per_day_max <= AMOUNT_MAX:
        raise ours.BadAdjustmentLimit("The limit of a day is not below that of a single one.")
    if (act == AdjustmentLimit.Act.PROPOSE) != (open_days is not None):
        raise ours.BadAdjustmentLimit("Days open belong to what is proposed, and only to it.")
    with connection.cursor() as cursor:
        cursor.execute(
            _LIMIT,
            [role, act, units_each_max, units_per_day_max, escrows, open_days, by, now, reason],
        )
        return AdjustmentLimit.objects.get(pk=cursor.fetchone()[0])


def allowed(person: Person, *, act: AdjustmentLimit.Act) -> AdjustmentLimit:
    """Return the widest limit of a person for an act.

    Raises:
        AdjustmentRoleMissing: no role of the person has one.
    """
    limit = limit_of(person, act=act)
    if limit is None:
        raise ours.AdjustmentRoleMissing(
            f"No role of this person may {act} adjustments.", act=str(act)
        )
    return limit
