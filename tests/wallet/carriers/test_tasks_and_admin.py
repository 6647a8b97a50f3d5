"""Carriers' background work, and what clerks see of it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError

from config.celery import app, queue_of
from config.schedule import SCHEDULE
from ledger.registry import cause_of
from tests import given
from tests.carrying import attest, carriers_answer
from tests.wallet.carriers.simulators import a_simulator
from wallet.carriers import tasks
from wallet.carriers.adaptors.choice import adaptor_for
from wallet.carriers.models import Break, Carrier, Instruction
from wallet.holders.models import User
from wallet.rollover.models import Deposit
from wallet.rollover.operations.deposits import deposit_surplus, settle_deposits
from wallet.rollover.operations.take_backs import take_back
from wallet.rollover.tasks import roll_what_waited, settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("+8613900000001"))
    return client


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Keep what would be sent to the broker: task and carrier."""
    sent: list[tuple[str, str]] = []

    def keep(task: Any, **kwargs: str) -> None:
        sent.append((task.name, kwargs.get("carrier", "")))

    monkeypatch.setattr(tasks, "nudge", keep)
    return sent


def a_deposit() -> Deposit:
    given.open_ledger_today()
    holder = given.a_holder()
    month = given.this_month()
    number = holder.numbers.get()
    attest(number, month=month, as_of=f"{month:%Y-%m}-01")
    return deposit_surplus(
        holder=holder,
        number=number,
        package=given.PACKAGE,
        mb=10,
        key=uuid4(),
        now=timezone.now(),
    )


def test_a_carriers_task_carries_out_what_is_due_and_tells_who_follows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(tasks, "_followers", [lambda: told.append("decided")])
    row = a_deposit()
    with a_simulator() as url:
        Carrier.objects.filter(pk="CT").update(base_url=url)
        tasks.serve(carrier="CT")
        tasks.serve(carrier="CT")
    decided = Instruction.objects.get(pk=row.pk)
    assert (decided.state, decided.reason) == (Instruction.State.FAILED, "no_such_bucket")
    assert told == ["decided"]


def test_a_carrier_without_a_server_waits() -> None:
    row = a_deposit()
    assert adaptor_for(carrier=Carrier.objects.get(pk="CT")) is None
    tasks.serve(carrier="CT")
    tasks.statements(carrier="CT")
    assert Instruction.objects.get(pk=row.pk).attempts == 0


def test_one_adaptor_serves_a_process() -> None:
    carrier = Carrier(code="CT", base_url="http://127.0.0.1:1")
    assert adaptor_for(carrier=carrier) is adaptor_for(carrier=carrier)
    with pytest.raises(KeyError):
        adaptor_for(carrier=Carrier(code="CT", base_url="http://127.0.0.1:1", adaptor="fax"))


def test_sweeps_nudge_each_carrier_apart(sent: list[tuple[str, str]]) -> None:
    a_deposit()
    tasks.serve_all()
    assert sent == []
    Carrier.objects.filter(pk__in=("CT", "CM")).update(base_url="http://127.0.0.1:1")
    tasks.serve_all()
    tasks.all_statements()
    assert sent == [
        ("wallet.carriers.serve", "CT"),
        ("wallet.carriers.statements", "CM"),
        ("wallet.carriers.statements", "CT"),
    ]


@pytest.mark.parametrize("carrier", ["CT", "MV", "NEW"])
def test_each_carrier_has_a_queue_of_its_own(carrier: str) -> None:
    kwargs: dict[str, object] = {"carrier": carrier}
    assert queue_of("wallet.carriers.serve", (), kwargs, {}) == {"queue": f"carrier.{carrier}"}


def test_a_lost_nudge_is_no_fault() -> None:
    class Unreachable:
        name = "any"

        def apply_async(self, **options: object) -> None:
            raise OperationalError

    tasks.nudge(Unreachable())


@pytest.mark.parametrize(
    "name",
    [
        "wallet.carriers.serve_all",
        "wallet.carriers.all_statements",
        "wallet.carriers.undecided",
        "wallet.rollover.settle",
        "wallet.rollover.roll_what_waited",
    ],
)
def test_beat_starts_the_sweeps(name: str) -> None:
    app.loader.import_default_modules()
    assert name in app.tasks
    assert name in {entry["task"] for entry in SCHEDULE.values()}


def test_the_sweeps_post_outcomes_and_report_what_is_old() -> None:
    row, old, unsent = a_deposit(), a_deposit(), a_deposit()
    before = timezone.now() - timedelta(hours=49)
    Instruction.objects.filter(pk__in=(old.pk, unsent.pk)).update(
        created_at=before, next_at=timezone.now() + timedelta(days=1)
    )
    Instruction.objects.filter(pk=old.pk).update(state="unknown", submitted_at=before)
    tasks.undecided()
    assert Break.objects.get().reference == str(old.pk)
    assert Instruction.objects.get(pk=unsent.pk).state == Instruction.State.FAILED
    carriers_answer(now=timezone.now())
    settle()
    roll_what_waited()
    row.refresh_from_db()
    assert row.state == Deposit.State.DONE


def test_clerks_read_everything(clerk: Client) -> None:
    row = a_deposit()
    for path in (
        "carrier",
        "reconciliation",
        "usage",
        "usagefile",
        "instruction",
        "statementday",
        "break",
    ):
        assert clerk.get(f"/admin/wallet/{path}/").status_code == 200, path
    for path in ("deposit", f"deposit/{row.pk}/change", "takeback", "roll", "carrier/CT/change"):
        assert clerk.get(f"/admin/wallet/{path}/").status_code == 200, path
    assert clerk.get("/admin/wallet/instruction/add/").status_code == 403
    assert clerk.post(f"/admin/wallet/deposit/{row.pk}/delete/").status_code == 403
    assert clerk.post("/admin/wallet/carrier/CT/delete/").status_code == 403
    assert row.number.msisdn not in clerk.get("/admin/wallet/usage/").content.decode()


def test_auditors_learn_what_stands_behind_an_address() -> None:
    row = a_deposit()
    carriers_answer(now=timezone.now())
    settle_deposits(now=timezone.now())
    back = take_back(
        holder=row.holder,
        number=row.number,
        package=row.package,
        mb=3,
        key=uuid4(),
        now=timezone.now(),
    )
    line = cause_of(f"line/{row.number_id}/{row.package}")
    assert line is not None
    assert line.facts["套餐"] == row.package
    waiting = cause_of(f"delivery/{back.pk}")
    assert waiting is not None
    assert (waiting.facts["MB"], waiting.facts["状态"]) == ("3", "已提出")
    assert cause_of(f"delivery/{uuid4()}") is None
    assert cause_of(f"line/{uuid4()}/any") is None
