"""Each day of a carrier three ways: its statement, what we hold to be done, what was booked."""

from collections.abc import Sequence
from datetime import date, timedelta
from io import StringIO
from typing import Any, cast

import pytest
from django.core.management import CommandError, call_command

from tests import given
from tests.wallet.carriers.test_statements import Told, a_line
from tests.wallet.convert.world import carriers, convert, deliver
from wallet.carriers import tasks
from wallet.carriers.adaptors.contract import Adaptor
from wallet.carriers.models import Break, Instruction, StatementDay
from wallet.carriers.operations import read_statements
from wallet.carriers.reconciliation.models import Reconciliation, StatementLine
from wallet.carriers.reconciliation.operations import reconcile_days
from wallet.carriers.reconciliation.queries import carriers_asked, days_to_reconcile
from wallet.convert.models import Conversion
from wallet.holders.models import Holder

pytestmark = pytest.mark.django_db
DAY = given.NOW.date()
LATER = given.NOW.replace(hour=3) + timedelta(days=2)
MB = 30


@pytest.fixture
def holder() -> Holder:
    return given.a_holder(coins=500)


def delivered(holder: Holder, *, count: int = 3) -> list[Conversion]:
    """Convert and deliver, without reading a statement."""
    with carriers(CT=[]) as world:
        rows = [convert(holder, coins=MB) for _ in range(count)]
        world.serve()
    return rows


def read(*lines: Any, final: bool = True) -> None:
    read_statements(adaptor=cast("Adaptor", Told(*lines, final=final)), now=LATER)


def lines_of(rows: Sequence[Conversion], **changed: Any) -> list[Any]:
    return [
        a_line(row.instruction, **{"booked_at": given.NOW, "carrier_line_id": f"l{n}", **changed})
        for n, row in enumerate(rows)
    ]


def compared(*, day: date = DAY) -> Reconciliation:
    (row,) = reconcile_days(carrier="CT", days=[day], now=LATER)
    return row


def sides(row: Reconciliation) -> list[tuple[int, int]]:
    return [
        (row.lines, row.lines_mb),
        (row.ours, row.ours_mb),
        (row.settled, row.settled_mb),
        (row.booked, row.booked_mb),
    ]


def broken() -> list[tuple[str, str]]:
    return list(Break.objects.order_by("kind").values_list("kind", "reference"))


def test_three_sides_that_agree(holder: Holder) -> None:
    read(*lines_of(delivered(holder)))
    row = compared()
    assert sides(row) == [(3, 90)] * 4
    assert (row.state, row.undecided, row.breaks) == ("agrees", 0, 0)
    assert broken() == []


def test_goods_of_every_family_are_compared(holder: Holder) -> None:
    asset = given.give_data(holder, 100)
    with carriers(CT=[]) as world:
        rows: list[Any] = [convert(holder, coins=MB), deliver(holder, asset=asset, mb=7)]
        world.serve()
    read(*lines_of(rows))
    row = compared()
    assert (sides(row), row.state) == ([(2, 37)] * 4, "agrees")


def test_it_waits_for_the_final_statements_of_two_days(holder: Holder) -> None:
    rows = delivered(holder)
    assert compared().state == "waiting"
    read(*lines_of(rows), final=False)
    assert compared().state == "waiting"
    StatementDay.objects.filter(day=DAY).update(final=True)
    assert compared().state == "waiting"
    read(*lines_of(rows))
    assert compared().state == "agrees"
    assert Reconciliation.objects.filter(day=DAY).count() == 1


def test_a_line_that_is_missing(holder: Holder) -> None:
    rows = delivered(holder)
    read(*lines_of(rows[:2]))
    row = compared()
    assert sides(row)[:2] == [(2, 60), (3, 90)]
    assert (row.state, row.breaks) == ("differs", 1)
    assert broken() == [("not_listed", str(rows[2].pk))]


def test_a_line_with_another_amount(holder: Holder) -> None:
    rows = delivered(holder, count=1)
    read(*lines_of(rows, mb=MB + 1))
    assert sides(compared())[:2] == [(1, MB + 1), (1, MB)]
    assert broken() == [("amount_differs", str(rows[0].pk))]


def test_a_line_that_stands_twice_in_one_statement(holder: Holder) -> None:
    rows = delivered(holder, count=1)
    read(*lines_of(rows), *lines_of(rows))
    assert sides(compared())[:2] == [(2, 2 * MB), (1, MB)]
    assert broken() == [("listed_twice", str(rows[0].pk))]
    assert Break.objects.get().facts["times"] == 2


def test_a_line_that_stands_in_two_statements(holder: Holder) -> None:
    rows = delivered(holder, count=1)
    tomorrow = given.NOW + timedelta(days=1)
    read(*lines_of(rows), *lines_of(rows, booked_at=tomorrow))
    assert broken() == [("listed_twice", str(rows[0].pk))]


def test_a_line_of_something_we_never_sent(holder: Holder) -> None:
    rows = delivered(holder, count=1)
    read(*lines_of(rows), *lines_of(rows, ref="stranger"))
    assert sides(compared())[:2] == [(2, 2 * MB), (1, MB)]
    assert broken() == [("unknown_reference", "stranger")]


def test_a_line_of_what_was_refunded(holder: Holder) -> None:
    with carriers(CT=["--does-not-sell"]) as world:
        row = convert(holder, coins=MB)
        world.serve()
    read(*lines_of([row]))
    assert broken() == [("delivered_after_refund", str(row.pk))]
    assert Break.objects.get().facts["failed_because"] == "does_not_sell"
    assert compared().state == "differs"


def test_what_was_proved_and_not_booked_an_hour_later(holder: Holder) -> None:
    with carriers(CT=[]) as world:
        row = convert(holder, coins=MB)
        Instruction.objects.update(state="delivered", decided_at=world.now, submitted_at=world.now)
        reconcile_days(carrier="CT", days=[DAY], now=world.now + timedelta(minutes=59))
        assert broken() == []
    read(*lines_of([row]))
    compared()
    assert broken() == [("not_booked", str(row.pk))]


def test_what_was_settled_without_a_posting(holder: Holder) -> None:
    with carriers(CT=[]):
        row = convert(holder, coins=MB)
    Instruction.objects.update(
        state="delivered", decided_at=given.NOW, submitted_at=given.NOW, settled_at=given.NOW
    )
    read(*lines_of([row]))
    found = compared()
    assert sides(found) == [(1, MB), (1, MB), (1, MB), (0, 0)]
    assert broken() == [("booked_otherwise", str(row.pk))]


def test_what_was_booked_otherwise_than_proved(holder: Holder) -> None:
    rows = delivered(holder, count=2)
    Instruction.objects.filter(pk=rows[0].pk).update(mb=MB - 1)
    Instruction.objects.filter(pk=rows[1].pk).update(state="failed")
    compared()
    assert broken() == [("booked_otherwise", str(pk)) for pk in sorted(row.pk for row in rows)]
    facts = Break.objects.get(reference=str(rows[0].pk)).facts
    assert (facts["mb"], facts["booked_mb"]) == (MB - 1, MB)


def test_what_is_still_unknown_keeps_a_day_from_agreeing(holder: Holder) -> None:
    with carriers(CT=[]) as world:
        row = convert(holder, coins=MB)
        Instruction.objects.update(state="unknown", submitted_at=world.now)
    read(*lines_of([row], mb=MB + 1))
    found = compared()
    assert (found.state, found.undecided) == ("differs", 1)


def test_a_reading_cut_short_leaves_the_one_before(holder: Holder) -> None:
    rows = delivered(holder)
    read(*lines_of(rows), final=False)
    told = Told(*lines_of(rows[:1]), final=False, cut=True)
    assert read_statements(adaptor=cast("Adaptor", told), now=LATER) == []
    assert sides(compared())[:2] == [(3, 90)] * 2
    read(*lines_of(rows), final=False)
    assert StatementLine.objects.count() == 3


def test_days_are_compared_while_statements_are_waited_for(holder: Holder) -> None:
    assert days_to_reconcile(carrier="CT", now=LATER) == []
    delivered(holder)
    assert days_to_reconcile(carrier="CT", now=LATER) == [DAY, DAY + timedelta(days=1)]
    assert len(days_to_reconcile(carrier="CT", now=LATER + timedelta(days=90))) == 10
    assert carriers_asked() == ["CT"]


def test_tasks_compare_what_they_read(holder: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wallet.carriers.tasks.timezone.now", lambda: LATER)
    nudged: list[str] = []
    monkeypatch.setattr(tasks, "nudge", lambda _task, **kwargs: nudged.append(kwargs["carrier"]))
    told = Told(*lines_of(delivered(holder)))
    monkeypatch.setattr(tasks, "adaptor_for", lambda **_: told)
    tasks.statements(carrier="CT")
    assert Reconciliation.objects.get(day=DAY).state == "agrees"
    Reconciliation.objects.all().delete()
    tasks.reconcile_all()
    tasks.reconcile(carrier="CT")
    assert nudged == ["CT"]
    assert Reconciliation.objects.get(day=DAY).state == "agrees"


def reconciled(*arguments: str) -> tuple[int, str]:
    printed = StringIO()
    try:
        call_command("carrier_reconcile", *arguments, stdout=printed, stderr=printed)
    except SystemExit as ended:
        return int(str(ended.code)), printed.getvalue()
    return 0, printed.getvalue()


def test_the_command_prints_each_day_and_exits_by_what_it_found(
    holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = "wallet.management.commands.carrier_reconcile"
    monkeypatch.setattr(f"{here}.timezone.now", lambda: LATER)
    rows = delivered(holder)
    monkeypatch.setattr(f"{here}.adaptor_for", lambda **_: Told(*lines_of(rows)))
    code, printed = reconciled("--read")
    assert (code, printed.count("agrees")) == (0, 1), printed
    assert "statement 3 (90 MB)  ours 3 (90 MB)  settled 3 (90 MB)  ledger 3 (90 MB)" in printed
    Instruction.objects.filter(pk=rows[0].pk).update(mb=1)
    code, printed = reconciled("--carrier", "CT", "--day", DAY.isoformat())
    assert (code, printed.count("differs")) == (1, 1)
    assert "1 breaks wait for an admin" in printed
    with pytest.raises(CommandError):
        reconciled("--carrier", "XX")
