"""A holder's side of a transaction, and its receipt."""

from collections.abc import Callable
from uuid import UUID

from ledger.models import Entry
from ledger.queries import entries_of_transaction
from ledger.receipts.queries import receipt_of
from ledger.refusals import UnknownTransaction
from wallet.holders.models import Holder
from wallet.holders.queries import ever_numbers_of, line_of


def own_side(*, holder: Holder, transaction: UUID) -> list[Entry]:
    """Return a transaction's entries in a holder's wallet and on the lines of its numbers.

    Raises:
        UnknownTransaction: there is no such transaction, or nothing of it is the holder's.
    """
    is_own = _own_addresses(holder)
    entries = entries_of_transaction(transaction)
    own = [entry for entry in entries if is_own(entry.account.address)]
    if not own:
        raise UnknownTransaction("You have no such transaction.")
    return own


def own_receipt(*, holder: Holder, transaction: UUID) -> bytes:
    """Return a transaction's receipt as a file that shows the holder's side only.

    Raises:
        UnknownTransaction: there is no such transaction, or nothing of it is the holder's.
        NotSealed: it is not under a signed head yet.
    """
    return receipt_of(transaction, is_own=_own_addresses(holder))


def _own_addresses(holder: Holder) -> Callable[[str], bool]:
    lines = [line_of(number=number, package="") for number in ever_numbers_of(holder)]
    own = (f"holder/{holder.pk}/", *lines)
    return lambda address: address.startswith(own)
