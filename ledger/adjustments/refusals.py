"""What a proposal, or its decision, may be refused for."""

from ledger.refusals import Refusal


class AdjustmentReasonMissing(Refusal):
    """An adjustment that does not say why would tell an auditor nothing."""

    code = "adjustment_reason_missing"
    status = 422


class AttachmentTooLong(Refusal):
    """What is attached belongs where it can be found, with its place attached here."""

    code = "attachment_too_long"
    status = 422


class AdjustmentRoleMissing(Refusal):
    """The person has no role that may propose, or approve."""

    code = "adjustment_role_missing"
    status = 403


class AdjustmentLimitPassed(Refusal):
    """It is more than the role may move at once, or in one day; a higher role may."""

    code = "adjustment_limit_passed"
    status = 403


class EscrowNotAllowed(Refusal):
    """It touches what is set aside for one gift, order or the like; a higher role may."""

    code = "escrow_not_allowed"
    status = 403


class BadAdjustmentLimit(Refusal):
    """The limit contradicts itself: a day below a single one, or days where none are counted."""

    code = "bad_adjustment_limit"
    status = 422


class UnknownAction(Refusal):
    """No app carries out an action of this name."""

    code = "unknown_action"
    status = 422


class OwnWayBack(Refusal):
    """A row of an app stands behind the transaction: it is undone there, or put right beside."""

    code = "own_way_back"


class UnknownProposal(Refusal):
    """No proposal has this id."""

    code = "unknown_proposal"
    status = 404


class ProposalDecided(Refusal):
    """The proposal ended otherwise, or by somebody else."""

    code = "proposal_decided"


class ProposalExpired(Refusal):
    """The proposal stood open too long."""

    code = "proposal_expired"


class OwnProposal(Refusal):
    """Who proposed it may not decide it."""

    code = "own_proposal"
    status = 403


class NotTheProposer(Refusal):
    """Only who proposed it may withdraw it."""

    code = "not_the_proposer"
    status = 403
