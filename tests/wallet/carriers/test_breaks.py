"""Breaks are settled with a reason, by two persons' adjustment, or by two persons' decision."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from ledger.adjustments.operations import approve_proposal, propose_adjustment
from ledger.adjustments.rules import Person
from ledger.queries import coins_in
from ledger.rules import COIN, Leg
from tests import given
from tests.wallet.carriers.simulators import NUMBER
from tests.wallet.convert.world import carriers, convert
from wallet.carriers import tasks
from wallet.carriers.instructions.operations import report_undecided
from wallet.carriers.models import Break, Instruction
from wallet.carriers.reconciliation.refusals import (
    AdjustmentNotApproved,
    BreakNotUndecided,
    BreakReasonMissing,
    BreakResolved,
    OutcomeNotAsked,
    SecondPersonMissing,
)
from wallet.carriers.reconciliation.resolving import (
    ask_for_outcome,
    confirm_outcome,
    decline_outcome,
    resolve_break,
    resolve_decided,
)
from wallet.convert.models import Conversion
from wallet.convert.operations import settle_conversions
from wallet.holders.models import User
from wallet.holders.queries import main_of

pytestmark = pytest.mark.django_db
LATE = given.NOW + timedelta(hours=49)
WHY = "The carrier wrote so on paper."
DELIVERED, FAILED = Instruction.State.DELIVERED, Instruction.State.FAILED


def a_break(kind: str = "not_listed") -> Break:
    return Break.objects.create(
        carrier_id="CT", kind=kind, reference=str(uuid4()), facts={"mb": 3}, found_at=given.NOW
    )


def undecided() -> tuple[Conversion, Break]:
    """Return a conversion whose carrier says nothing for two days, and its break."""
    with carriers(CT=["--timeout-after-apply", "1", "--hang-ms", "0"]) as world:
        row = convert(given.a_holder(coins=30), coins=30)
        world.serve()
    (found,) = report_undecided(now=LATE)
    return row, found


def places(row: Conversion) -> tuple[int, int]:
    """Return the coins with the holder, and owed to the carrier."""
    return coins_in(main_of(row.holder)), coins_in("carrier/CT/payable")


def resolve(found: Break, *, why: str = WHY, by: str = "admin/1", **more: object) -> Break:
    return resolve_break(found=found, resolution=why, actor=by, now=LATE, **more)  # type: ignore[arg-type]


def test_it_is_settled_once_with_a_reason() -> None:
    found = a_break()
    with pytest.raises(BreakReasonMissing):
        resolve(found, why="  short  ")
    settled = resolve(found)
    assert (settled.resolved_by, settled.resolved_at, settled.resolution) == ("admin/1", LATE, WHY)
    assert resolve(found, by="admin/2").resolved_by == "admin/1"
    with pytest.raises(BreakResolved):
        resolve(found, why="Another reason for it.")


def person(role: str) -> Person:
    user = User.objects.create_user(f"+86{given.an_msisdn()}")
    return Person(id=user.pk, roles=frozenset({role}), address="127.0.0.1")


def test_where_value_moves_it_names_an_adjustment_two_persons_made() -> None:
    given.open_ledger()
    holder, found = given.a_holder(), a_break()
    legs = (Leg("issuer/CT", COIN, -3), Leg(main_of(holder), COIN, 3))
    proposal = propose_adjustment(
        legs=legs, reason=WHY, by=person("adjuster"), key=uuid4(), now=given.NOW
    )
    for named in (uuid4(), proposal.pk):
        with pytest.raises(AdjustmentNotApproved):
            resolve(found, proposal=named)
    approve_proposal(proposal=proposal.pk, by=person("approver"), now=given.NOW)
    assert resolve(found, proposal=proposal.pk).proposal == proposal.pk
    assert coins_in(main_of(holder)) == 3


@pytest.mark.parametrize("outcome", [DELIVERED, FAILED])
def test_two_persons_decide_what_nobody_could(outcome: Instruction.State) -> None:
    row, found = undecided()
    with pytest.raises(OutcomeNotAsked):
        confirm_outcome(found=found, actor="admin/2", now=LATE)
    with pytest.raises(BreakReasonMissing):
        ask_for_outcome(found=found, outcome=outcome, reason="", actor="admin/1", now=LATE)
    ask_for_outcome(found=found, outcome=outcome, reason=WHY, actor="admin/1", now=LATE)
    with pytest.raises(SecondPersonMissing):
        confirm_outcome(found=found, actor="admin/1", now=LATE)
    assert (settle_conversions(now=LATE), places(row)) == (0, (0, 0))
    settled = confirm_outcome(found=found, actor="admin/2", now=LATE)
    assert (settled.resolved_by, settled.resolution) == ("admin/2", WHY)
    assert settle_conversions(now=LATE) == 1
    assert places(row) == ((0, 30) if outcome is DELIVERED else (30, 0))
    with pytest.raises(BreakResolved):
        confirm_outcome(found=found, actor="admin/3", now=LATE)


def test_the_database_holds_that_they_are_two() -> None:
    _, found = undecided()
    ask_for_outcome(found=found, outcome=FAILED, reason=WHY, actor="admin/1", now=LATE)
    with pytest.raises(IntegrityError, match="break_decided_by_two"), transaction.atomic():
        Break.objects.filter(pk=found.pk).update(resolved_by="admin/1", resolved_at=LATE)


def test_what_was_asked_can_be_declined() -> None:
    row, found = undecided()
    with pytest.raises(OutcomeNotAsked):
        decline_outcome(found=found, actor="admin/2", now=LATE)
    ask_for_outcome(found=found, outcome=FAILED, reason=WHY, actor="admin/1", now=LATE)
    assert decline_outcome(found=found, actor="admin/2", now=LATE).asked_outcome == ""
    with pytest.raises(OutcomeNotAsked):
        confirm_outcome(found=found, actor="admin/2", now=LATE)
    assert places(row) == (0, 0)


def test_only_what_nobody_decided_is_decided_by_persons() -> None:
    row, found = undecided()
    other = a_break("listed_twice")
    for one in (other, found):
        Instruction.objects.filter(pk=row.pk).update(state=DELIVERED, decided_at=LATE)
        with pytest.raises(BreakNotUndecided):
            ask_for_outcome(found=one, outcome=FAILED, reason=WHY, actor="admin/1", now=LATE)


def test_what_its_carrier_decides_after_all_is_settled_by_itself() -> None:
    row, found = undecided()
    a_break("unknown_reference")
    assert resolve_decided(now=LATE) == 0
    Instruction.objects.filter(pk=row.pk).update(state=DELIVERED, decided_at=LATE)
    tasks.undecided()
    found.refresh_from_db()
    assert (found.resolved_by, found.resolution) == (
        "task/carriers",
        "Its carrier decided it: delivered.",
    )
    assert Break.objects.filter(resolved_at__isnull=True).count() == 1


def staff(phone: str) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser(phone))
    return client


def settle(client: Client, found: Break, act: str, **told: str) -> int:
    return client.post(reverse("admin:wallet_break_settle", args=[found.pk, act]), told).status_code


def page(client: Client, found: Break) -> str:
    return client.get(f"/admin/wallet/break/{found.pk}/change/").content.decode()


def test_two_clerks_decide_on_its_page() -> None:
    ann, ben = staff("+8613900000001"), staff("+8613900000002")
    row, found = undecided()
    shown = page(ann, found)
    assert "48 小时没有结果" in shown
    assert row.msisdn not in shown
    assert settle(ann, found, "ask", outcome="failed", reason="no") == 422
    assert settle(ann, found, "ask", outcome="failed", reason=WHY) == 302
    assert "确认这个结果" not in page(ann, found)
    assert "确认这个结果" in page(ben, found)
    assert settle(ann, found, "confirm") == 422
    assert settle(ben, found, "decline") == 302
    assert settle(ann, found, "ask", outcome="delivered", reason=WHY) == 302
    assert settle(ben, found, "confirm") == 302
    assert Instruction.objects.get(pk=row.pk).state == DELIVERED
    assert WHY in page(ben, found)


def test_a_clerk_settles_on_its_page_and_is_led_to_the_adjustment() -> None:
    ann, found = staff("+8613900000001"), a_break()
    Break.objects.filter(pk=found.pk).update(facts={"msisdn": NUMBER})
    shown = page(ann, found)
    assert "/admin/ledger/proposal/add/?attachment=break" in shown
    assert NUMBER not in shown
    assert settle(ann, found, "resolve", reason=WHY, proposal=str(uuid4())) == 422
    assert settle(ann, found, "resolve", reason=WHY) == 302
    assert settle(ann, found, "strange") == 422
    reader = Client()
    reader.force_login(User.objects.create_user("+8613900000003", is_staff=True))
    assert settle(reader, found, "resolve", reason=WHY) == 403
