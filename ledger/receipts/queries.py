"""A transaction's receipt for one side of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from ledger.receipts.verify_receipt import FORM, written
from ledger.refusals import NotSealed, UnknownTransaction
from ledger.seals.models import Leaf
from ledger.seals.queries import head_fields, head_that_holds, inclusion_path

VERIFIER = Path(__file__).parent / "verify_receipt.py"
_SQL = Path(__file__).parent / "sql"
_HEADER = "SELECT public.ledger_seal_header_v1(t) FROM public.ledger_transaction t WHERE t.id = %s"
_ENTRIES = (_SQL / "entries_v1.sql").read_text()


def receipt_of(transaction: UUID, *, is_own: Callable[[str], bool]) -> bytes:
    """Return a transaction's receipt as a JSON file, showing the entries at one's own addresses.

    Of every other entry it has only the hash, which without its salt tells nothing.

    Raises:
        UnknownTransaction: there is no such transaction, or nothing of it is one's own.
        NotSealed: it is not under a signed head yet; ask again in a minute.
    """
    header, entries = _header(transaction), _entries(transaction)
    if header is None or not any(is_own(address) for address, *_ in entries):
        raise UnknownTransaction(f"No transaction {transaction} of yours.")
    leaf = Leaf.objects.filter(transaction_id=transaction).first()
    head = head_that_holds(leaf.position) if leaf else None
    if leaf is None or head is None:
        raise NotSealed("The transaction is sealed within minutes; ask again then.")
    path = inclusion_path(position=leaf.position, size=head.size)
    return written(
        {
            "form": FORM,
            "header": header,
            "entries": [_shown(entry, is_own=is_own(entry[0])) for entry in entries],
            "position": leaf.position,
            "path": [hashed.hex() for hashed in path],
            "head": head_fields(head),
        }
    )


def has_receipt(transaction: UUID) -> bool:
    """Tell whether a transaction is under a signed head."""
    leaf = Leaf.objects.filter(transaction_id=transaction).first()
    return leaf is not None and head_that_holds(leaf.position) is not None


def _header(transaction: UUID) -> list[str | None] | None:
    with connection.cursor() as cursor:
        cursor.execute(_HEADER, [transaction])
        row = cursor.fetchone()
    return row[0] if row else None


def _entries(transaction: UUID) -> list[tuple[str, list[str | None], bytes, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, {"transaction": transaction})
        return list(cursor.fetchall())


def _shown(entry: tuple[str, list[str | None], bytes, bytes], *, is_own: bool) -> dict[str, Any]:
    _, fields, salt, hashed = entry
    if is_own:
        return {"salt": bytes(salt).hex(), "fields": fields}
    return {"hash": bytes(hashed).hex()}
