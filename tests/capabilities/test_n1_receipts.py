"""N1: a file and a stranger's program of 100 lines prove a transaction; any changed row is found."""

import ast
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client

from ledger.proofs.queries import findings
from ledger.seals.operations import seal_committed
from tests import given
from tests.ledger.seals.tampering import as_owner, unguarded
from wallet.holders.rules import opaque_id

pytestmark = [pytest.mark.own_database, pytest.mark.quiet]
LINES_MAX = 100


def lines_of_code(program: str) -> int:
    """Count lines that are neither empty nor explanation."""
    said: set[int] = set()
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            said.update(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return sum(
        1
        for place, line in enumerate(program.splitlines(), 1)
        if line.strip() and not line.strip().startswith("#") and place not in said
    )


def test_a_stranger_verifies_and_a_changed_row_is_named(
    own_database: str, now: datetime, tmp_path: Path
) -> None:
    given.open_ledger(now=now)
    sender = given.a_holder(coins=70, now=now)
    gift = given.a_gift(sender=sender, coins=20, now=now)
    seal_committed(now=now)
    site = Client(headers={"host": "127.0.0.1"})
    program = site.get("/receipts/verify_receipt.py").content.decode()
    assert lines_of_code(program) <= LINES_MAX
    key = site.get("/seals/keys.json").json()["keys"][-1]["public_key"]
    assert sender.user is not None
    site.force_login(sender.user)
    (tmp_path / "verify_receipt.py").write_text(program)
    (tmp_path / "receipt.json").write_bytes(
        site.get(f"/receipts/{opaque_id('txn', gift.pk)}.json").content
    )

    def verified(*keys: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", "verify_receipt.py", "receipt.json", *keys],
            cwd=tmp_path,
            env={},
            capture_output=True,
            text=True,
            check=False,
        )

    good = verified("5e" * 32, key)
    assert (good.returncode, good.stderr) == (0, "")
    assert f"Transaction {gift.pk} (gift_send, 2026-11) is in the books." in good.stdout
    assert verified("5e" * 32).returncode == 1

    assert [found.name for found in findings() if not found.is_clean] == []
    with unguarded(), as_owner() as cursor:
        cursor.execute("UPDATE ledger_transaction SET actor = 'x' WHERE id = %s", [gift.pk])
    broken = {found.name: found.first_broken for found in findings() if not found.is_clean}
    assert broken == {"seals_rehash": f"transaction {gift.pk} is not what was sealed at 1"}
