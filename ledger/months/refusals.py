"""What the close of a month may refuse."""

from ledger.refusals import Refusal


class CloseBlocked(Refusal):
    """Something of the month is still open, such as a book."""

    code = "close_blocked"


class CloseTooEarly(Refusal):
    """The month has not ended, or an earlier one is not closed."""

    code = "close_too_early"


class CloseStuck(Refusal):
    """A posting begun before the close is still under way."""

    code = "close_stuck"


class StagesUnknown(Refusal):
    """The close has stages of an app that this process was started without."""

    code = "stages_unknown"


class ProofsBroken(Refusal):
    """The books are not clean, so the month is not sealed."""

    code = "proofs_broken"
    status = 500
