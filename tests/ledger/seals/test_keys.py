"""One key follows another, and every head is checked against the key of its size."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client

from ledger.operations import open_months
from ledger.proofs.queries import finding_of
from ledger.refusals import NotTheSealKey, SealKeyChangeRefused
from ledger.seals.models import Head, SealKey
from ledger.seals.operations import change_seal_key, seal_committed
from ledger.seals.proofs import PROOFS
from ledger.seals.rules import KeyChange, TreeHead, is_signed, public_key_of, sign
from tests.ledger.seals.tampering import as_owner, unguarded
from tests.ledger.worlds import a_holder_with

pytestmark = [pytest.mark.own_database, pytest.mark.quiet]
SIGNED = PROOFS[-1]
OLD, NEW, THIRD = (bytes([each]) * 32 for each in (1, 2, 3))


@pytest.fixture(autouse=True)
def _one_head(own_database: str, now: datetime, settings: LazySettings) -> None:
    settings.SEAL_KEY = OLD
    open_months(now=now)
    a_holder_with(5, at=now)
    seal_committed(now=now)


def changed(settings: LazySettings, *, now: datetime, previous: bytes | None = OLD) -> None:
    """Let the new key follow, and sign a head with it."""
    change_seal_key(key=NEW, previous=previous, now=now)
    settings.SEAL_KEY = NEW
    a_holder_with(7, at=now)
    seal_committed(now=now)


def test_heads_of_both_keys_are_good(settings: LazySettings, now: datetime) -> None:
    changed(settings, now=now)
    signers = [bytes(head.public_key) for head in Head.objects.order_by("id")]
    assert signers == [public_key_of(OLD), public_key_of(NEW)]
    assert finding_of(SIGNED).first_broken == ""
    assert finding_of(SIGNED).examined == 4


def test_process_with_the_old_key_is_refused(settings: LazySettings, now: datetime) -> None:
    change_seal_key(key=NEW, previous=OLD, now=now)
    a_holder_with(7, at=now)
    with pytest.raises(NotTheSealKey):
        seal_committed(now=now)
    assert Head.objects.count() == 1
    assert finding_of(SIGNED).first_broken == "the last key is not the one this process has"


@pytest.mark.parametrize("key, previous", [(OLD, OLD), (NEW, THIRD)])
def test_wrong_key_does_not_follow(key: bytes, previous: bytes, now: datetime) -> None:
    with pytest.raises(SealKeyChangeRefused):
        change_seal_key(key=key, previous=previous, now=now)
    assert SealKey.objects.count() == 1


def test_only_the_owner_changes_the_key(now: datetime) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_seal_next_key_v1(%s, 1, %s, null, null)", [public_key_of(NEW), now]
        )
    with connection.cursor() as cursor:  # there is a first one already
        cursor.execute("SELECT ledger_seal_first_key_v1(%s, %s)", [public_key_of(NEW), now])
    assert SealKey.objects.count() == 1


def test_head_signed_by_a_stranger_is_found(settings: LazySettings, now: datetime) -> None:
    changed(settings, now=now)
    head = Head.objects.get(size=2)
    said = TreeHead(size=2, root=bytes(head.root), month=None, at=head.at)
    for key in (OLD, THIRD):  # the old key signs no tree that grew after it
        with unguarded(), as_owner() as cursor:
            cursor.execute(
                "UPDATE ledger_seal_head SET public_key = %s, signature = %s WHERE size = 2",
                [public_key_of(key), sign(said, key=key)],
            )
        assert finding_of(SIGNED).first_broken == "the head of size 2 has a wrong signature"


def test_another_first_key_is_found(settings: LazySettings, now: datetime) -> None:
    """Whoever owns the tables signs the first head anew, with a key of their own."""
    changed(settings, now=now)
    head = Head.objects.get(size=1)
    said = TreeHead(size=1, root=bytes(head.root), month=None, at=head.at)
    kept = SealKey.objects.latest("id")
    change = KeyChange(
        previous=public_key_of(THIRD), key=public_key_of(NEW), from_size=1, at=kept.from_at
    )
    with unguarded(), as_owner() as cursor:
        cursor.execute(
            "UPDATE ledger_seal_head SET public_key = %s, signature = %s WHERE size = 1",
            [public_key_of(THIRD), sign(said, key=THIRD)],
        )
        cursor.execute(
            "UPDATE ledger_seal_key SET public_key = %s WHERE from_size = 0", [public_key_of(THIRD)]
        )
        cursor.execute(
            "UPDATE ledger_seal_key SET previous_signature = %s WHERE from_size = 1",
            [sign(change, key=THIRD)],
        )
    found = finding_of(SIGNED).first_broken
    assert found == f"the key {public_key_of(NEW).hex()} does not follow from the one before"


def test_keys_are_published(settings: LazySettings, now: datetime) -> None:
    later = now + timedelta(hours=1)
    changed(settings, now=later)
    first, second = Client(headers={"host": "127.0.0.1"}).get("/seals/keys.json").json()["keys"]
    assert first["public_key"] == public_key_of(OLD).hex()
    assert (first["from_size"], first["until_size"]) == (0, 1)
    assert (second["from_size"], second["until_size"]) == (1, None)
    assert first["until_at"] == second["from_at"] == "2026-11-16T03:30:00.000000Z"
    change = KeyChange(previous=public_key_of(OLD), key=public_key_of(NEW), from_size=1, at=later)
    for key, name in ((NEW, "signature"), (OLD, "previous_signature")):
        signature = bytes.fromhex(second[name])
        assert is_signed(change, public_key=public_key_of(key), signature=signature)


def test_command_changes_the_key(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    with pytest.raises(CommandError, match="64 hexadecimal") as refused:
        call_command("ledger_seal_key")
    assert refused.value.returncode == 2
    monkeypatch.setenv("SEAL_KEY_NEW", NEW.hex())
    monkeypatch.setenv("SEAL_KEY_OLD", THIRD.hex())
    with pytest.raises(CommandError, match="previous key is another"):
        call_command("ledger_seal_key")
    out = StringIO()
    call_command("ledger_seal_key", "--old-is-lost", stdout=out)
    assert out.getvalue().startswith(f"{public_key_of(NEW).hex()} signs from size 1 on")
    settings.SEAL_KEY = NEW
    assert SealKey.objects.latest("id").previous_signature is None
    assert finding_of(SIGNED).is_clean
