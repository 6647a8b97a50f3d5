"""A run of the proofs is kept, shown in the admin, and told of when one is broken."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from io import StringIO

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from ledger import registry
from ledger.models import ProofRun
from ledger.operations import open_months
from ledger.proofs.operations import begin_proofs, run_proofs
from ledger.proofs.tasks import prove_books
from ledger.registry import Proof
from ledger.seals.operations import seal_committed
from tests.house.messages import CHINESE
from tests.ledger.worlds import a_holder_with
from wallet.holders.models import User

TITLE = "Nothing is amiss"


@pytest.fixture
def amiss() -> Iterator[list[str]]:
    """Register a proof that finds what is put into the list."""
    found: list[str] = []
    proof = Proof(
        name="nothing_amiss",
        title=TITLE,
        examine=lambda: (10, len(found), found[0] if found else None),
    )
    registry.register_proofs([proof])
    yield found
    registry._proofs.pop(proof.name)


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("+8613900000001"))
    return client


def page(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(f"admin:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db
def test_run_is_kept_with_what_each_proof_found(now: datetime) -> None:
    run = begin_proofs(asked_by="test", now=now)
    assert (run.ended_at, run.is_clean) == (None, False)
    found = list(run_proofs(run))
    run.refresh_from_db()
    assert run.ended_at is not None
    assert run.ended_at > now
    assert run.is_clean
    kept = list(run.found.values_list("name", "examined", "milliseconds"))
    assert kept == [(each.name, each.examined, each.milliseconds) for each in found]
    assert len(kept) == len(registry.proofs())


@pytest.mark.django_db
def test_nightly_run_tells_of_what_is_broken(amiss: list[str], settings: LazySettings) -> None:
    settings.ADMINS = [("a", "a@example.org")]
    prove_books.run()
    assert mail.outbox == []
    amiss.append("a coin lies on the floor")
    prove_books.run()
    broken, clean = ProofRun.objects.all()
    assert (clean.is_clean, broken.is_clean, broken.broken) == (True, False, 1)
    assert broken.found.get(broken=1).first_broken == amiss[0]
    (told,) = mail.outbox
    assert "1 proofs of the books are broken" in told.subject
    assert f"{TITLE}\n  {amiss[0]}" in told.body


@pytest.mark.django_db
def test_admin_shows_runs_in_words(staff: Client, amiss: list[str]) -> None:
    prove_books.run()
    amiss.append("a coin lies on the floor")
    prove_books.run()
    begin_proofs(asked_by="test", now=timezone.now())
    listed = page(staff, "ledger_proofrun_changelist")
    for words in ("✓ 全部相符", "✗ 1 项不符", "✗ 没有做完"):
        assert words in listed
    shown = page(staff, "ledger_proofrun_change", ProofRun.objects.get(broken=1).pk)
    for words in (TITLE, amiss[0], "✗ 不符", "✓ 相符"):
        assert words in shown
    assert shown.index("✗ 不符") < shown.index("✓ 相符")  # what is broken stands first
    with translation.override("en"):
        staff.cookies["django_language"] = "en"
        assert "✗ 1 broken" in page(staff, "ledger_proofrun_changelist")


@pytest.mark.django_db
def test_what_is_proved_is_read_in_either_language(staff: Client) -> None:
    prove_books.run()
    run = ProofRun.objects.get()
    shown = page(staff, "ledger_proofrun_change", run.pk)
    said = [str(proof.title) for proof in registry.proofs()]
    assert [title for title in said if not CHINESE.search(title) or title not in shown] == []
    staff.cookies["django_language"] = "en"
    english = unescape(page(staff, "ledger_proofrun_change", run.pk))
    kept = run.found.values_list("title", flat=True)
    assert [title for title in kept if CHINESE.search(title) or title not in english] == []
    assert [title for title in said if title in english] == []


@pytest.mark.django_db
def test_first_page_shows_the_last_run(staff: Client, amiss: list[str], now: datetime) -> None:
    assert "✗ 还没有查证过" in page(staff, "index")
    prove_books.run()
    assert "✓ 全部相符" in page(staff, "index")
    amiss.append("a coin lies on the floor")
    prove_books.run()
    assert "✗ 1 项不符" in page(staff, "index")
    assert "✗ 上次查证太久了" not in page(staff, "index")
    ProofRun.objects.update(started_at=timezone.now() - timedelta(days=2))
    assert "✗ 上次查证太久了" in page(staff, "index")


@pytest.mark.django_db
def test_command_keeps_its_run_when_asked() -> None:
    call_command("ledger_check", stdout=StringIO())
    assert not ProofRun.objects.exists()
    call_command("ledger_check", "--keep", stdout=StringIO())
    assert ProofRun.objects.get().asked_by == "command"


@pytest.mark.own_database
@pytest.mark.quiet
def test_admin_shows_heads_and_how_far_sealing_came(own_database: str, now: datetime) -> None:
    open_months(now=now)
    a_holder_with(5, at=now)
    head = seal_committed(now=now)
    assert head is not None
    a_holder_with(5, at=now)
    client = Client()
    client.force_login(User.objects.create_superuser("+8613900000001"))
    listed = page(client, "ledger_head_changelist")
    assert "✓ 有效" in listed
    assert "<dt>已封存的交易</dt><dd>1</dd>" in listed
    assert "<dt>等待封存</dt><dd>1</dd>" in listed
    shown = page(client, "ledger_head_change", head.pk)
    assert bytes(head.root).hex() in shown
    assert bytes(head.signature).hex() in shown
