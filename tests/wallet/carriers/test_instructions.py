"""Instructions against a real simulator: carried out once, decided by proof."""

import uuid
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.wallet.carriers.simulators import (
    MONTH,
    NOON,
    NUMBER,
    PACKAGE,
    PlayedClock,
    a_simulator,
    an_adaptor,
    left_mb,
    speaking_to,
)
from wallet.carriers.adaptors.contract import Answer, Outcome
from wallet.carriers.instructions.operations import (
    claim_instruction,
    instruct_carrier,
    may_call,
    record_answer,
    report_undecided,
)
from wallet.carriers.instructions.rules import LEASE, MISSES_MAX, decided_by, pause_before
from wallet.carriers.models import Break, Carrier, Instruction
from wallet.carriers.operations import serve_carrier
from wallet.carriers.queries import carriers_with_work

pytestmark = pytest.mark.django_db
Kind, State = Instruction.Kind, Instruction.State


def an_instruction(
    *,
    kind: Instruction.Kind = Instruction.Kind.DEDUCT,
    mb: int = 100,
    msisdn: str = NUMBER,
    now: datetime = NOON,
) -> Instruction:
    return instruct_carrier(
        instruction_id=uuid.uuid4(),
        carrier="CT",
        kind=kind,
        msisdn=msisdn,
        mb=mb,
        month=MONTH,
        package="" if kind == Kind.SUBMIT else PACKAGE,
        now=now,
    )


def state_of(row: Instruction) -> str:
    return str(Instruction.objects.get(pk=row.pk).state)


def test_a_deduct_and_its_restore_are_carried_out(usage: Path) -> None:
    deduct = an_instruction(mb=500)
    with an_adaptor(usage=usage) as adaptor:
        assert len(serve_carrier(adaptor=adaptor, clock=PlayedClock())) == 1
        assert (state_of(deduct), left_mb(adaptor)) == (State.DELIVERED, 1000)
        restore = an_instruction(kind=Kind.RESTORE, mb=200)
        serve_carrier(adaptor=adaptor, clock=PlayedClock())
        assert (state_of(restore), left_mb(adaptor)) == (State.DELIVERED, 1200)


def test_a_delivery_is_carried_out(usage: Path) -> None:
    submit = an_instruction(kind=Kind.SUBMIT)
    with an_adaptor(usage=usage) as adaptor:
        serve_carrier(adaptor=adaptor, clock=PlayedClock())
        assert state_of(submit) == State.DELIVERED
        assert left_mb(adaptor, package="topup") == 100


def test_a_refusal_is_final_and_says_why(usage: Path) -> None:
    deduct = an_instruction(mb=5_000)
    with an_adaptor(usage=usage) as adaptor:
        serve_carrier(adaptor=adaptor, clock=PlayedClock())
    row = Instruction.objects.get(pk=deduct.pk)
    assert (row.state, row.reason) == (State.FAILED, "insufficient")
    assert row.decided_at is not None


def test_an_answer_lost_after_applying_is_asked_by_status_only(usage: Path) -> None:
    deduct = an_instruction(mb=500)
    clock = PlayedClock()
    with an_adaptor(
        "--timeout-after-apply", "1", "--hang-ms", "0", usage=usage, clock=clock
    ) as adaptor:
        serve_carrier(adaptor=adaptor, clock=clock)
        assert state_of(deduct) == State.UNKNOWN
        assert serve_carrier(adaptor=adaptor, clock=clock) == []
        clock.at += timedelta(seconds=3)
        serve_carrier(adaptor=adaptor, clock=clock)
        assert (state_of(deduct), left_mb(adaptor)) == (State.DELIVERED, 1000)


@pytest.mark.parametrize("fault", ["--error-500", "--duplicate"])
def test_what_is_not_said_clearly_is_unknown_not_failed(usage: Path, fault: str) -> None:
    deduct = an_instruction()
    with an_adaptor(fault, "1", usage=usage) as adaptor:
        serve_carrier(adaptor=adaptor, clock=PlayedClock())
    assert state_of(deduct) == State.UNKNOWN


def test_what_is_still_processing_is_asked_again(usage: Path) -> None:
    deduct = an_instruction()
    clock = PlayedClock()
    with an_adaptor("--processing-ms", "5000", usage=usage, clock=clock) as adaptor:
        serve_carrier(adaptor=adaptor, clock=clock)
        assert state_of(deduct) == State.PROCESSING
        clock.at += timedelta(seconds=10)
        serve_carrier(adaptor=adaptor, clock=clock)
        assert state_of(deduct) == State.DELIVERED


def test_what_never_left_is_tried_again_under_the_same_reference(usage: Path) -> None:
    deduct = an_instruction()
    with speaking_to(url="http://127.0.0.1:1") as nobody:
        serve_carrier(adaptor=nobody, clock=PlayedClock())
    row = Instruction.objects.get(pk=deduct.pk)
    assert (row.state, row.reason, row.submitted_at) == (State.CREATED, "not_sent", None)
    clock = PlayedClock()
    clock.at += timedelta(seconds=3)
    with an_adaptor(usage=usage, clock=clock) as adaptor:
        serve_carrier(adaptor=adaptor, clock=clock)
    assert state_of(deduct) == State.DELIVERED


def test_a_silent_carrier_is_left_alone_for_a_while(usage: Path) -> None:
    waiting = [an_instruction(mb=10) for _ in range(8)]
    Carrier.objects.filter(pk="CT").update(base_url="http://127.0.0.1:1")
    with speaking_to(url="http://127.0.0.1:1") as nobody:
        serve_carrier(adaptor=nobody, clock=PlayedClock())
    tried = Instruction.objects.filter(pk__in=[row.pk for row in waiting], attempts__gt=0)
    assert tried.count() == MISSES_MAX
    assert carriers_with_work(now=NOON) == []
    later = NOON + timedelta(seconds=5)
    assert carriers_with_work(now=later) == ["CT"]
    clock = PlayedClock()
    clock.at = later
    with an_adaptor(usage=usage, clock=clock) as adaptor:
        assert len(serve_carrier(adaptor=adaptor, clock=clock)) == 8
    assert Carrier.objects.get(pk="CT").misses == 0


def test_a_lapsed_lease_is_unknown_and_only_asked_for(usage: Path) -> None:
    deduct = an_instruction()
    assert claim_instruction(carrier="CT", now=NOON)
    assert claim_instruction(carrier="CT", now=NOON + LEASE) is None
    later = NOON + LEASE + timedelta(seconds=1)
    claim = claim_instruction(carrier="CT", now=later)
    assert claim is not None
    assert not claim.is_first
    assert state_of(deduct) == State.UNKNOWN


def test_a_call_is_not_begun_late_in_its_lease() -> None:
    an_instruction()
    claim = claim_instruction(carrier="CT", now=NOON)
    assert claim is not None
    assert may_call(claim=claim, now=NOON)
    assert not may_call(claim=claim, now=NOON + LEASE - timedelta(seconds=10))


def test_the_silence_of_an_old_claim_changes_nothing() -> None:
    deduct = an_instruction()
    old = claim_instruction(carrier="CT", now=NOON)
    later = NOON + LEASE + timedelta(seconds=1)
    new = claim_instruction(carrier="CT", now=later)
    assert old is not None
    assert new is not None
    silence = Answer(ref=str(deduct.pk), outcome=Outcome.UNKNOWN, reason="not_sent")
    record_answer(claim=old, answer=silence, now=later)
    row = Instruction.objects.get(pk=deduct.pk)
    assert (row.state, row.attempts, row.lease_until) == (State.UNKNOWN, 2, later + LEASE)
    proof = Answer(ref=str(deduct.pk), outcome=Outcome.DELIVERED)
    record_answer(claim=old, answer=proof, now=later)
    assert state_of(deduct) == State.DELIVERED


def test_delivered_after_failed_is_a_break_never_a_second_move() -> None:
    deduct = an_instruction()
    claim = claim_instruction(carrier="CT", now=NOON)
    assert claim is not None
    failed = Answer(ref=str(deduct.pk), outcome=Outcome.FAILED, reason="insufficient")
    record_answer(claim=claim, answer=failed, now=NOON)
    delivered = Answer(ref=str(deduct.pk), outcome=Outcome.DELIVERED)
    record_answer(claim=claim, answer=delivered, now=NOON)
    assert state_of(deduct) == State.FAILED
    assert Break.objects.get().kind == Break.Kind.DELIVERED_AFTER_REFUND


def test_another_amount_answered_is_a_break_and_decides_nothing() -> None:
    deduct = an_instruction(mb=100)
    claim = claim_instruction(carrier="CT", now=NOON)
    assert claim is not None
    answer = Answer(ref=str(deduct.pk), outcome=Outcome.DELIVERED, mb=99)
    record_answer(claim=claim, answer=answer, now=NOON)
    assert state_of(deduct) == State.UNKNOWN
    assert Break.objects.get().kind == Break.Kind.AMOUNT_DIFFERS


def test_a_ported_number_names_its_carrier(usage: Path, tmp_path: Path) -> None:
    ported = tmp_path / "ported.csv"
    ported.write_text(f"msisdn,carrier\n{NUMBER},CU\n")
    submit = an_instruction(kind=Kind.SUBMIT)
    with an_adaptor("--ported", str(ported), usage=usage) as adaptor:
        serve_carrier(adaptor=adaptor, clock=PlayedClock())
    row = Instruction.objects.get(pk=submit.pk)
    assert (row.state, row.reason, row.present_carrier) == (State.FAILED, "ported", "CU")


def test_after_48_hours_it_is_an_admins_case_once() -> None:
    deduct = an_instruction()
    assert report_undecided(now=NOON + timedelta(hours=47)) == []
    late = NOON + timedelta(hours=48)
    (found,) = report_undecided(now=late)
    assert (found.kind, found.reference) == (Break.Kind.UNDECIDED, str(deduct.pk))
    assert report_undecided(now=late) == []


def test_pauses_grow_and_depend_on_nothing_else() -> None:
    reference = uuid.UUID(int=7)
    pauses = [pause_before(instruction=reference, attempt=attempt) for attempt in range(1, 15)]
    assert pauses == [
        pause_before(instruction=reference, attempt=attempt) for attempt in range(1, 15)
    ]
    assert timedelta(seconds=1.5) <= pauses[0] <= timedelta(seconds=2.5)
    assert pauses[8] > timedelta(minutes=5)
    assert max(pauses) <= timedelta(seconds=1280)
    others = {pause_before(instruction=uuid.UUID(int=n), attempt=5) for n in range(20)}
    assert len(others) > 10


def test_a_carrier_that_is_down_delays_no_other(usage: Path) -> None:
    an_instruction()
    other = instruct_carrier(
        instruction_id=uuid.uuid4(),
        carrier="CM",
        kind=Kind.SUBMIT,
        msisdn="13800000001",
        mb=10,
        month=date(2026, 11, 1),
        now=NOON,
    )
    with (
        a_simulator("--down") as down,
        speaking_to(url=down) as silent,
        an_adaptor(usage=usage, carrier="CM") as adaptor,
    ):
        serve_carrier(adaptor=silent, clock=PlayedClock())
        serve_carrier(adaptor=adaptor, clock=PlayedClock())
    assert state_of(other) == State.DELIVERED


def test_it_is_decided_two_nights_after_it_was_sent_at_the_latest() -> None:
    assert decided_by(submitted_at=NOON) == NOON.replace(hour=2) + timedelta(days=2)
