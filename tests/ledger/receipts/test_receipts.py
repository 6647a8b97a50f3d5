"""A receipt holds in an empty folder, shows one's own side only, and no byte of it can change."""

import json
import shutil
import subprocess
import sys
from datetime import datetime
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from ledger.operations import open_months, post
from ledger.receipts.queries import VERIFIER, receipt_of
from ledger.receipts.verify_receipt import Broken, verify, written
from ledger.refusals import NotSealed, UnknownTransaction
from ledger.seals.operations import seal_committed
from ledger.seals.rules import public_key_of
from tests.ledger.worlds import a_holder_with, a_posting, coins, main_of

pytestmark = [pytest.mark.own_database, pytest.mark.quiet]


@pytest.fixture(autouse=True)
def _months(own_database: str, now: datetime) -> None:
    open_months(now=now)


def _run(folder: Path, raw: bytes, *more: str) -> subprocess.CompletedProcess[str]:
    folder.mkdir()
    shutil.copy(VERIFIER, folder)
    (folder / "receipt.json").write_bytes(raw)
    return subprocess.run(
        [sys.executable, "-I", VERIFIER.name, "receipt.json", *more],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )


def test_receipt_is_verified_alone(now: datetime, tmp_path: Path) -> None:
    giver, friend = a_holder_with(50, at=now), a_holder_with(77, at=now)
    gift = a_posting(*coins(20, main_of(giver), main_of(friend)), at=now)
    post(gift)
    with pytest.raises(NotSealed):
        receipt_of(gift.id, is_own=main_of(giver).__eq__)
    seal_committed(now=now)
    raw = receipt_of(gift.id, is_own=main_of(giver).__eq__)

    key = public_key_of(settings.SEAL_KEY).hex()
    done = _run(tmp_path / "alone", raw, key)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Transaction {gift.id} (correction, 2026-11) is in the books." in done.stdout
    assert f"{main_of(giver)}: -20 COIN, 30 after" in done.stdout
    assert key in done.stdout
    assert str(friend) not in raw.decode()
    assert '"97"' not in raw.decode()  # what the friend has now

    other = _run(tmp_path / "other", raw, "5e" * 32)
    assert other.returncode == 1
    assert other.stdout == "The receipt does not hold. It is signed by another key.\n"
    lie = _run(tmp_path / "lie", raw.replace(b'"-20"', b'"-10"'))
    assert (lie.returncode, lie.stderr) == (1, "")
    for at in range(len(raw)):
        for changed in (bytes([raw[at] ^ 1]), bytes([raw[at] ^ 32]), bytes([raw[at] ^ 128]), b""):
            with pytest.raises(Broken):
                verify(raw[:at] + changed + raw[at + 1 :])
    receipt = json.loads(raw)
    for month in ("", "-", False, 0):
        with pytest.raises(Broken):
            verify(written({**receipt, "head": {**receipt["head"], "month": month}}))


def test_every_end_of_trees_of_many_sizes(now: datetime) -> None:
    holder = uuid4()
    for size in range(1, 12):
        posting = a_posting(*coins(size, "issuer/CT", main_of(holder)), at=now)
        post(posting)
        seal_committed(now=now)
        receipt = json.loads(receipt_of(posting.id, is_own=main_of(holder).__eq__))
        assert (receipt["position"], receipt["head"]["size"]) == (size - 1, size)
        verify(written(receipt))


def test_every_place_in_one_tree(now: datetime) -> None:
    holder = uuid4()
    postings = [a_posting(*coins(1, "issuer/CT", main_of(holder)), at=now) for _ in range(11)]
    for posting in postings:
        post(posting)
    seal_committed(now=now)
    for posting in postings:
        assert verify(receipt_of(posting.id, is_own=lambda _address: True))["head"]["size"] == 11


def test_receipt_is_for_a_side_of_the_transaction(now: datetime) -> None:
    holder = uuid4()
    posting = a_posting(*coins(5, "issuer/CT", main_of(holder)), at=now)
    post(posting)
    seal_committed(now=now)
    with pytest.raises(UnknownTransaction):
        receipt_of(posting.id, is_own=main_of(uuid4()).__eq__)
    with pytest.raises(UnknownTransaction):
        receipt_of(uuid4(), is_own=lambda _address: True)


def test_command_writes_it(now: datetime) -> None:
    holder = uuid4()
    posting = a_posting(*coins(5, "issuer/CT", main_of(holder)), at=now)
    post(posting)
    seal_committed(now=now)
    out = StringIO()
    call_command("ledger_receipt", str(posting.id), address=[f"holder/{holder}/"], stdout=out)
    entries = verify(out.getvalue().encode())["entries"]
    assert [entry["fields"][3] for entry in entries if "fields" in entry] == [main_of(holder)]
    with pytest.raises(CommandError) as refused:
        call_command("ledger_receipt", str(posting.id), address=["holder"])
    assert refused.value.returncode == 2
