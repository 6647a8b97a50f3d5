"""A dump restored on another server loses nothing: its seals go on where they were."""

from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections

from ledger.models import Head, Leaf, Transaction
from ledger.operations import open_months
from ledger.proofs.queries import findings
from ledger.refusals import CopyNotDeclared
from ledger.seals.operations import seal_committed
from ledger.seals.queries import consistency_path
from ledger.seals.rules import is_consistent
from tests.ledger.seals.restoring import dumped, restored
from tests.ledger.seals.tampering import as_owner
from tests.ledger.worlds import a_holder_with

pytestmark = [pytest.mark.own_database, pytest.mark.quiet]
XIDS = 3_000  # more than a new server has used when a dump is in


def content() -> dict[str, tuple[int, str]]:
    """Return how many rows each table of the ledger has, and a digest of them."""
    with as_owner() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'ledger%' AND relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for name in tables:
            cursor.execute(
                f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
                f" FROM public.{name} t"
            )
            found[name] = cursor.fetchone()
    return found


def spend_transaction_ids() -> None:
    """Bring the server's transaction ids further than a new server's."""
    with connections["owner"].cursor() as cursor:
        for _ in range(XIDS):
            cursor.execute("SELECT pg_current_xact_id()")


def test_a_restored_ledger_seals_on(own_database: str, now: datetime, tmp_path: Path) -> None:
    open_months(now=now)
    spend_transaction_ids()
    for coins in (5, 6, 7):
        a_holder_with(coins, at=now)
    head = seal_committed(now=now)
    assert head is not None
    a_holder_with(8, at=now)  # posted, and not sealed when the dump is made
    before, file = content(), tmp_path / "ledger.dump"
    dumped(database=own_database, file=file)
    with restored(file=file):
        assert content() == before
        with pytest.raises(CopyNotDeclared):
            seal_committed(now=now)
        call_command("ledger_restored")
        a_holder_with(9, at=now)
        later = seal_committed(now=now)
        assert later is not None
        assert (head.size, later.size) == (3, 5)
        assert is_consistent(
            earlier=head.size,
            earlier_root=bytes(head.root),
            size=later.size,
            root=bytes(later.root),
            path=consistency_path(earlier=head.size, size=later.size),
        )
        assert bytes(Head.objects.get(size=3).signature) == bytes(head.signature)
        sealed = set(Leaf.objects.values_list("transaction_id", flat=True))
        assert sealed == set(Transaction.objects.values_list("id", flat=True))
        assert list(Transaction.objects.order_by("epoch").values_list("epoch", flat=True)) == [
            *(1, 1, 1, 1),
            2,
        ]
        assert [found.name for found in findings() if not found.is_clean] == []
