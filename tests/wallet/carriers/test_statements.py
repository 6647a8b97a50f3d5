"""Statements decide: listed is delivered, absent from two final days is failed."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest

from tests.wallet.carriers.simulators import NOON, PlayedClock, an_adaptor, planted
from tests.wallet.carriers.test_instructions import an_instruction, state_of
from wallet.carriers.adaptors.contract import (
    Adaptor,
    CarrierUnavailable,
    LineKind,
    Statement,
    StatementLine,
)
from wallet.carriers.instructions.operations import claim_instruction
from wallet.carriers.models import Break, Instruction, StatementDay
from wallet.carriers.operations import read_statements, serve_carrier
from wallet.carriers.queries import statement_days_due
from wallet.carriers.reconciliation.queries import lines_about
from wallet.carriers.simulator.faults import Faults

pytestmark = pytest.mark.django_db
Kind, State = Instruction.Kind, Instruction.State
DAY = NOON.date()
TWO_NIGHTS = NOON.replace(hour=3) + timedelta(days=2)


class Told:
    """A carrier that says exactly what a test has it say."""

    carrier = "CT"

    def __init__(self, *lines: StatementLine, final: bool = True, cut: bool = False) -> None:
        self.lines, self.final, self.cut = lines, final, cut

    def statement(self, *, day: date) -> Statement:
        return Statement(day=day, final=self.final, lines=self._lines(day))

    def _lines(self, day: date) -> Iterator[StatementLine]:
        yield from (line for line in self.lines if line.booked_at.date() == day)
        if self.cut:
            raise CarrierUnavailable("cut short")


def a_line(row: Instruction, **changed: Any) -> StatementLine:
    facts: dict[str, Any] = {
        "carrier_line_id": "line-1",
        "ref": str(row.pk),
        "kind": LineKind.DEDUCTED if row.kind == Kind.DEDUCT else LineKind.DELIVERED,
        "msisdn": row.msisdn,
        "package": row.package,
        "month": row.month,
        "mb": row.mb,
        "booked_at": NOON,
    }
    return StatementLine(**(facts | changed))


def read(told: Told, *, now: datetime = TWO_NIGHTS) -> list[date]:
    return [row.day for row in read_statements(adaptor=cast("Adaptor", told), now=now)]


def a_sent_instruction(**facts: Any) -> Instruction:
    row = an_instruction(**facts)
    assert claim_instruction(carrier="CT", now=NOON)
    return row


def test_listed_is_delivered_and_absent_from_two_final_days_is_failed() -> None:
    listed, absent = a_sent_instruction(), a_sent_instruction()
    assert read(Told(a_line(listed))) == [DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)]
    assert (state_of(listed), state_of(absent)) == (State.DELIVERED, State.FAILED)
    assert Instruction.objects.get(pk=absent.pk).reason == "not_listed"


def test_one_final_day_proves_no_absence() -> None:
    row = a_sent_instruction()
    read(Told(), now=NOON + timedelta(hours=11))
    assert state_of(row) == State.SUBMITTED


def test_statements_that_are_not_final_prove_no_absence() -> None:
    listed, absent = a_sent_instruction(), a_sent_instruction()
    read(Told(a_line(listed), final=False))
    assert (state_of(listed), state_of(absent)) == (State.DELIVERED, State.SUBMITTED)


def test_booked_after_midnight_is_found_on_the_next_day() -> None:
    row = a_sent_instruction()
    read(Told(a_line(row, booked_at=NOON + timedelta(hours=13))))
    assert state_of(row) == State.DELIVERED


def test_what_was_never_sent_is_not_failed_by_its_absence() -> None:
    sent, waiting = a_sent_instruction(), an_instruction(now=NOON)
    read(Told())
    assert (state_of(sent), state_of(waiting)) == (State.FAILED, State.CREATED)


def test_listed_after_a_refund_is_the_carriers_break() -> None:
    row = a_sent_instruction()
    read(Told())
    StatementDay.objects.all().delete()
    read(Told(a_line(row)))
    assert state_of(row) == State.FAILED
    assert Break.objects.get().kind == Break.Kind.DELIVERED_AFTER_REFUND


@pytest.mark.parametrize(
    "changed",
    [
        {"mb": 99},
        {"msisdn": "18900000002"},
        {"kind": LineKind.RESTORED},
        {"month": date(2026, 10, 1)},
    ],
)
def test_a_line_that_differs_is_a_break_and_no_proof(changed: dict[str, Any]) -> None:
    row = a_sent_instruction()
    read(Told(a_line(row, **changed)))
    assert Break.objects.get().kind == Break.Kind.AMOUNT_DIFFERS
    # It is listed after all: nothing may be refunded for its absence.
    assert state_of(row) == State.SUBMITTED


@pytest.mark.parametrize("ref", ["stranger", str(uuid.UUID(int=5)), "x" * 500])
def test_a_strangers_line_is_a_break_once(ref: str) -> None:
    row = a_sent_instruction()
    told = Told(a_line(row, ref=ref), final=False)
    read(told)
    read(told)
    assert Break.objects.get().kind == Break.Kind.UNKNOWN_REFERENCE


def test_listed_twice_is_a_break() -> None:
    row = a_sent_instruction()
    read(Told(a_line(row), a_line(row, carrier_line_id="line-2")))
    assert state_of(row) == State.DELIVERED
    assert Break.objects.get().kind == Break.Kind.LISTED_TWICE


def test_read_again_a_statement_changes_nothing() -> None:
    row = a_sent_instruction()
    told = Told(a_line(row), final=False)
    read(told)
    before = Instruction.objects.values().get(pk=row.pk)
    read(told)
    assert Instruction.objects.values().get(pk=row.pk) == before
    assert not Break.objects.exists()


def test_a_statement_cut_short_is_not_kept_as_read() -> None:
    listed = a_sent_instruction()
    assert read(Told(a_line(listed), cut=True)) == []
    assert not StatementDay.objects.exists()
    read(Told(a_line(listed)))
    assert state_of(listed) == State.DELIVERED


def test_answered_as_delivered_but_never_listed_is_a_break(usage: Path) -> None:
    an_instruction()
    with an_adaptor(usage=usage) as adaptor:
        serve_carrier(adaptor=adaptor, clock=PlayedClock())
    read(Told())
    assert Break.objects.get().kind == Break.Kind.NOT_LISTED


def test_days_are_due_from_the_first_until_they_are_final() -> None:
    assert statement_days_due(carrier="CT", now=NOON) == []
    a_sent_instruction()
    assert statement_days_due(carrier="CT", now=NOON) == [DAY]
    StatementDay.objects.create(carrier_id="CT", day=DAY, final=True, lines=0, read_at=NOON)
    tomorrow = NOON + timedelta(days=1)
    assert statement_days_due(carrier="CT", now=tomorrow) == [tomorrow.date()]


def test_a_simulators_statements_agree_with_what_was_done(usage: Path) -> None:
    rows = [an_instruction(mb=10), an_instruction(mb=20), an_instruction(kind=Kind.SUBMIT)]
    clock = PlayedClock()
    with an_adaptor(
        "--timeout-after-apply", "1", "--hang-ms", "0", usage=usage, clock=clock
    ) as adaptor:
        serve_carrier(adaptor=adaptor, clock=clock)
        clock.at = TWO_NIGHTS
        read_statements(adaptor=adaptor, now=clock.at)
    assert {state_of(row) for row in rows} == {State.DELIVERED}
    assert not Break.objects.exists()
    assert [[line.day for line in lines_about(row.pk)] for row in rows] == [[DAY]] * 3


def test_every_discrepancy_a_simulator_plants_is_found_and_no_other(usage: Path) -> None:
    rows = [an_instruction(mb=1) for _ in range(60)]
    clock = PlayedClock()
    with an_adaptor("--statement-breaks", "0.5", usage=usage, clock=clock) as adaptor:
        serve_carrier(adaptor=adaptor, clock=clock)
        clock.at = TWO_NIGHTS
        read_statements(adaptor=adaptor, now=clock.at)
    due = planted([str(row.pk) for row in rows], faults=Faults(statement_breaks=Fraction("0.5")))
    assert len({kind for kind, _ in due}) == 4
    assert set(Break.objects.values_list("kind", "reference")) == due
