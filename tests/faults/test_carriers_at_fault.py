"""Carriers that hang, lie and break, and workers that die in a call: nothing moves twice."""

from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from ledger.proofs.queries import findings
from ledger.queries import amount_at
from ledger.rules import month_name, month_of
from tests import given
from tests.carrying import attest
from tests.faults.workers import a_worker, ask, kill
from tests.waiting import until
from tests.wallet.carriers.simulators import (
    NOON,
    NUMBER,
    PlayedClock,
    a_simulator,
    an_adaptor,
    left_mb,
    speaking_to,
)
from tests.wallet.carriers.simulators import PACKAGE as SIMULATED
from wallet.carriers.adaptors.tmf654 import Tmf654Adaptor
from wallet.carriers.instructions.rules import LEASE
from wallet.carriers.models import Break, Carrier, Instruction
from wallet.carriers.operations import read_statements, serve_carrier
from wallet.carriers.usage.rules import HEADER
from wallet.holders.models import Holder, Number
from wallet.rollover.models import Deposit
from wallet.rollover.operations.deposits import deposit_surplus, settle_deposits
from wallet.rollover.rules import surplus_asset

DEPOSITS = 24


def ask_to_deposit(holder: Holder, mb: int, *, package: str, clock: PlayedClock) -> Deposit:
    return deposit_surplus(
        holder=holder,
        number=holder.numbers.get(),
        package=package,
        mb=mb,
        key=uuid4(),
        now=clock(),
    )


def on_line(number: Number, *, package: str, month: date) -> int:
    asset = surplus_asset(carrier="CT", month=month)
    return amount_at(f"line/{number.pk}/{package}", asset)


def own_data_is_clean() -> bool:
    ours = {"anti_loop", "take_backs", "deposited", "only_own_data"}
    return all(found.is_clean for found in findings() if found.name in ours)


@pytest.mark.django_db
def test_through_every_fault_books_and_carrier_agree(usage: Path) -> None:
    holder = given.a_holder(msisdn=NUMBER)
    attest(holder.numbers.get(), package=SIMULATED)
    clock = PlayedClock()
    faults = ("--timeout-after-apply", "0.3", "--duplicate", "0.2", "--error-500", "0.3")
    for _ in range(DEPOSITS):
        ask_to_deposit(holder, 10, package=SIMULATED, clock=clock)
    with an_adaptor(*faults, "--hang-ms", "600", usage=usage, clock=clock) as adaptor:
        for _ in range(12):
            serve_carrier(adaptor=adaptor, clock=clock)
            settle_deposits(now=clock())
            clock.at += timedelta(minutes=20)
        clock.at = NOON.replace(hour=3) + timedelta(days=2)
        read_statements(adaptor=adaptor, now=clock())
        settle_deposits(now=clock())
        moved = on_line(holder.numbers.get(), package=SIMULATED, month=given.MONTH)
        assert left_mb(adaptor, package=SIMULATED) == 1500 - moved
    states = set(Deposit.objects.values_list("state", flat=True))
    assert states <= {Deposit.State.DONE, Deposit.State.FAILED}
    assert Deposit.objects.filter(state=Deposit.State.DONE).count() * 10 == moved > 0
    assert not Break.objects.exists()
    assert own_data_is_clean()


@pytest.fixture
def usage(tmp_path: Path) -> Path:
    """A usage file of one number's package in the test's month."""
    path = tmp_path / "usage.csv"
    line = f"{NUMBER},CT,广东,{month_name(given.MONTH)},{SIMULATED},national,2048,548,2026-11-10,0"
    path.write_text(f"{','.join(HEADER)}\n{line}\n")
    return path


def _usage_today(folder: Path, number: Number) -> Path:
    month = month_name(month_of(timezone.now()))
    path = folder / "usage.csv"
    line = f"{number.msisdn},CT,广东,{month},{given.PACKAGE},national,2048,548,{month}-01,0"
    path.write_text(f"{','.join(HEADER)}\n{line}\n")
    return path


def _left_today(adaptor: Tmf654Adaptor, number: Number) -> int:
    (found,) = adaptor.remainder(msisdn=number.msisdn, month=month_of(timezone.now()))
    return found.remaining_mb


@pytest.mark.own_database
def test_a_worker_killed_in_a_call_moves_nothing_twice(own_database: str, tmp_path: Path) -> None:
    given.open_ledger_today()
    today = PlayedClock()
    today.at = timezone.now()
    month = month_of(today.at)
    holder = given.a_holder()
    number = holder.numbers.get()
    attest(number, month=month, as_of=f"{month:%Y-%m}-01")
    usage = _usage_today(tmp_path, number)
    # Longer than it takes to see what it did, and to kill who waits for it.
    hanging = ("--timeout-after-apply", "1", "--hang-ms", "60000")
    with a_simulator("--usage", str(usage), *hanging) as url:
        Carrier.objects.filter(pk="CT").update(base_url=url)
        row = ask_to_deposit(holder, 500, package=given.PACKAGE, clock=today)
        with speaking_to(url=url, clock=today) as adaptor:
            with a_worker(database=own_database, queue="carrier.CT") as worker:
                ask("wallet.carriers.serve", queue="carrier.CT", carrier="CT")
                until(lambda: _left_today(adaptor, number) == 1000)
                kill(worker)
            held = Instruction.objects.get(pk=row.pk)
            assert held.state == Instruction.State.SUBMITTED
            assert held.lease_until is not None
            # Whoever comes next waits for the lease, then only asks what became of it.
            assert serve_carrier(adaptor=adaptor, clock=today) == []
            today.at = timezone.now() + LEASE
            serve_carrier(adaptor=adaptor, clock=today)
            assert _left_today(adaptor, number) == 1000
    settle_deposits(now=today.at)
    settle_deposits(now=today.at)
    assert Instruction.objects.get(pk=row.pk).state == Instruction.State.DELIVERED
    assert on_line(number, package=given.PACKAGE, month=month) == 500
    assert own_data_is_clean()


@pytest.mark.django_db
def test_a_settlement_that_falls_over_leaves_nothing_half_done(
    usage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = given.a_holder(msisdn=NUMBER)
    attest(holder.numbers.get(), package=SIMULATED)
    clock = PlayedClock()
    row = ask_to_deposit(holder, 10, package=SIMULATED, clock=clock)
    with an_adaptor(usage=usage, clock=clock) as adaptor:
        serve_carrier(adaptor=adaptor, clock=clock)

    def fall(postings: object) -> None:
        raise ConnectionAbortedError

    with monkeypatch.context() as broken:
        broken.setattr("wallet.carriers.instructions.settlement.post_batch", fall)
        with pytest.raises(ConnectionAbortedError):
            settle_deposits(now=clock())
    row.refresh_from_db()
    assert row.state == Deposit.State.ASKED
    assert Instruction.objects.get(pk=row.pk).settled_at is None
    assert settle_deposits(now=clock()) == [row.pk]
    assert on_line(holder.numbers.get(), package=SIMULATED, month=given.MONTH) == 10
