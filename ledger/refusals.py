"""What the ledger may refuse, and the base of every refusal in the project."""

from typing import ClassVar


class Refusal(Exception):
    """A fact of the domain that stops an operation; nothing has been written.

    `code` is stable and public; `status` is the HTTP status the API answers with;
    `fields` are facts a program may read beside the sentence.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields


class InvalidPosting(Refusal):
    """The legs are not a posting: too few, a zero, an account twice, or a sum that is not zero."""

    code = "invalid_posting"
    status = 422


class KeyReused(Refusal):
    """The key already names something else; `field` says where the two differ."""

    code = "key_reused"
    status = 422


class BalanceTooLow(Refusal):
    """An account would fall below its floor."""

    code = "balance_too_low"


class BalanceTooHigh(Refusal):
    """An account would rise above its ceiling."""

    code = "balance_too_high"


class UnknownAddress(Refusal):
    """No kind of account has this address, or it may not hold this asset."""

    code = "unknown_address"
    status = 422


class UnknownKind(Refusal):
    """No kind of transaction has this name."""

    code = "unknown_kind"
    status = 422


class MonthNotOpen(Refusal):
    """The month has not been opened yet."""

    code = "month_not_open"


class MonthClosed(Refusal):
    """The month is closing or closed, or this kind may only be posted while it closes."""

    code = "month_closed"


class AssetExpired(Refusal):
    """The asset's month is past."""

    code = "asset_expired"


class AmountOutOfRange(Refusal):
    """An amount or a balance does not fit 64 bits."""

    code = "amount_out_of_range"
    status = 422


class AlreadyReversed(Refusal):
    """The transaction named has been reversed before."""

    code = "already_reversed"


class UnknownTransaction(Refusal):
    """No transaction has this id."""

    code = "unknown_transaction"
    status = 404


class WrongIsolation(Refusal):
    """A posting was tried outside READ COMMITTED, where a closing month could be missed."""

    code = "wrong_isolation"
    status = 500


class LegsBroken(Refusal):
    """A transaction's entries are not the legs it was posted with, so it is not sealed."""

    code = "legs_broken"
    status = 500


class CopyNotDeclared(Refusal):
    """The database was copied from another server and nobody said so with `ledger_restored`."""

    code = "copy_not_declared"
    status = 500


class NotSealed(Refusal):
    """The tree of seals does not yet hold what is asked of it."""

    code = "not_sealed"


class NotTheSealKey(Refusal):
    """The process has another SEAL_KEY than the one that signs now."""

    code = "not_the_seal_key"
    status = 500


class SealKeyChangeRefused(Refusal):
    """A key cannot follow: it signs already, or the key before it is another than told."""

    code = "seal_key_change_refused"


class NotApproved(Refusal):
    """A posting of this kind is made by the approval of its proposal, and in no other way."""

    code = "not_approved"
