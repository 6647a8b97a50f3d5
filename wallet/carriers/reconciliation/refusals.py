"""What settling a break may be refused for."""

from ledger.refusals import Refusal


class BreakReasonMissing(Refusal):
    """A break that was settled without a reason would tell an auditor nothing."""

    code = "break_reason_missing"
    status = 422


class BreakResolved(Refusal):
    """The break was settled already, and stays as it was settled."""

    code = "break_resolved"


class BreakNotUndecided(Refusal):
    """Only what no answer and no statement decided is decided by persons."""

    code = "break_not_undecided"


class OutcomeNotAsked(Refusal):
    """Nobody asked for an outcome that could be confirmed or declined."""

    code = "outcome_not_asked"


class SecondPersonMissing(Refusal):
    """Who asked for an outcome may not confirm it."""

    code = "second_person_missing"
    status = 403


class AdjustmentNotApproved(Refusal):
    """The adjustment that is named was not approved by a second person, or is none."""

    code = "adjustment_not_approved"
    status = 422
