"""What comes after a month's close is told with its file, to staff and to its carrier alone."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from ledger.adjustments.operations import approve_proposal, propose_adjustment
from ledger.adjustments.rules import Person
from ledger.models import Transaction
from ledger.months.operations import settle_month
from ledger.rules import COIN, Leg, month_after, starts_at
from tests.carrying import attest, carriers_answer
from tests.given import MONTH, NOW, PACKAGE, a_holder, a_user, client_of
from tests.given_clearing import an_office
from wallet.carriers.models import Break, Usage
from wallet.carriers.reconciliation.resolving import resolve_break
from wallet.corrections.queries import changed_figures, corrected_in, corrections_of
from wallet.holders.models import Holder, Number
from wallet.holders.queries import main_of
from wallet.rollover.operations.deposits import deposit_surplus, settle_deposits
from wallet.rollover.operations.late import roll_late

pytestmark = pytest.mark.own_database  # a month closes over what was committed
DECEMBER = month_after(MONTH)
CLOSES_AT = starts_at(DECEMBER) + timedelta(minutes=30)
SOON = CLOSES_AT + timedelta(days=1)
SURPLUS, VOUCHER = "SURPLUS-CT-2026-11", "VOUCHER-CT-2026-12"
MISSED = "13312349999"


def a_saver() -> Holder:
    """Return somebody with 500 MB deposited of 1,500 left, and no final figures yet."""
    holder = a_holder()
    number = holder.numbers.get()
    attest(number)
    deposit_surplus(
        holder=holder, number=number, package=PACKAGE, mb=500, key=uuid.uuid4(), now=NOW
    )
    carriers_answer(now=NOW)
    settle_deposits(now=NOW)
    return holder


def closed_then_corrected() -> Holder:
    """Close a month, then roll a number of a late file and one that signed in late."""
    holder = a_saver()
    attest(Number(msisdn=MISSED, carrier_id="CT"), as_of="2026-11-30", final=True, file="whole.csv")
    settle_month(month=MONTH, now=CLOSES_AT)
    number = holder.numbers.get()
    attest(number, as_of="2026-12-02", final=True, file="late.csv", read_at=SOON)
    a_holder(msisdn=MISSED, now=SOON)
    assert len(roll_late(now=SOON)) == 2
    return holder


def adjusted(found: Break, *, to: Holder) -> None:
    """Settle a difference by an adjustment of 3 coins that two persons made."""
    ours = [
        Person(id=a_user().pk, roles=frozenset({role}), address="127.0.0.1")
        for role in ("adjuster", "approver")
    ]
    made = propose_adjustment(
        legs=(Leg("issuer/CT", COIN, -3), Leg(main_of(to), COIN, 3)),
        reason="The carrier corrected what was used.",
        by=ours[0],
        key=uuid.uuid4(),
        now=SOON,
    )
    approve_proposal(proposal=made.pk, by=ours[1], now=SOON)
    why = "The carrier corrected what was used."
    resolve_break(found=found, resolution=why, proposal=made.pk, actor="admin/1", now=SOON)


def staff(language: str) -> Client:
    user = a_user()
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__in=("view_month",)))
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def test_a_late_file_and_a_late_word_are_told_apart() -> None:
    holder = closed_then_corrected()
    found = {each.msisdn: each for each in corrections_of(MONTH)}
    late, missed = found[holder.numbers.get().msisdn], found[MISSED]
    assert (late.kind, late.posted, late.carrier, late.file) == (
        "late_roll",
        DECEMBER,
        "CT",
        "late.csv",
    )
    assert (late.is_late, late.read_at) == (True, SOON)
    assert late.moved == {SURPLUS: 500, VOUCHER: 1500}
    assert (missed.is_late, missed.file, missed.moved) == (False, "whole.csv", {VOUCHER: 1500})
    sums = {each.file: (each.transactions, each.moved) for each in corrected_in(MONTH)}
    assert sums == {"late.csv": (1, late.moved), "whole.csv": (1, missed.moved)}
    assert corrections_of(MONTH, carrier="CU") == []
    assert corrected_in(MONTH, carrier="CU") == []
    assert corrections_of(DECEMBER) == []
    assert [each.transaction for each in corrections_of(MONTH, skip=1)] != []


def test_staff_and_the_carrier_read_it_and_no_other_carrier_does() -> None:
    holder = closed_then_corrected()
    number = holder.numbers.get()
    page = reverse("admin:ledger_month_change", args=[MONTH])
    chinese = staff("zh-hans").get(page).content.decode()
    assert "结账之后的更正" in chinese
    assert "late.csv" in chinese
    late = Transaction.objects.get(kind="late_roll", metadata__number=str(number.pk))
    assert reverse("admin:ledger_transaction_change", args=[late.pk]) in chinese
    assert number.msisdn not in chinese
    english = staff("en").get(page).content.decode()
    assert "Corrections after the close" in english
    speaker, other = a_holder(carrier="CU"), a_holder(carrier="CU")
    for person, carrier in ((speaker, "CT"), (other, "CU")):
        assert person.user is not None
        an_office(carrier, owner=person.user)
    own = client_of(speaker)
    listed = own.get("/api/v1/offices/CT/months/2026-11/corrections").json()
    assert [each["posted"] for each in listed] == ["2026-12", "2026-12"]
    assert {each["file"]: each["file_is_late"] for each in listed} == {
        "late.csv": True,
        "whole.csv": False,
    }
    shown = own.get("/office/CT/months/2026-11/corrections/").content.decode()
    assert "late.csv" in shown
    assert number.msisdn not in shown
    assert client_of(other).get("/api/v1/offices/CU/months/2026-11/corrections").json() == []
    assert client_of(other).get("/office/CT/months/2026-11/corrections/").status_code == 404
    assert (
        "没有更正"
        in client_of(other).get("/office/CU/months/2026-11/corrections/").content.decode()
    )
    not_closed = own.get("/office/CT/months/2026-12/corrections/").content.decode()
    assert "这个月还没有结账" in not_closed
    for strange in ("2026-13", "1999-01", "x"):
        assert own.get(f"/office/CT/months/{strange}/corrections/").status_code == 404


def test_final_figures_that_a_file_changed_wait_for_two_persons_and_name_it() -> None:
    holder = a_saver()
    number = holder.numbers.get()
    attest(number, as_of="2026-11-30", final=True, file="final.csv")
    assert Usage.objects.get(msisdn=number.msisdn).file_id is not None
    settle_month(month=MONTH, now=CLOSES_AT)
    assert corrections_of(MONTH) == []
    attest(number, used=600, as_of="2026-12-03", final=True, file="other.csv", read_at=SOON)
    waiting = changed_figures(MONTH).get()
    assert changed_figures(MONTH, carrier="CU").count() == 0
    page = staff("zh-hans").get(reverse("admin:ledger_month_change", args=[MONTH]))
    assert "文件改了最终数" in page.content.decode()
    adjusted(waiting, to=holder)
    assert not changed_figures(MONTH).exists()
    (found,) = corrections_of(MONTH)
    assert (found.kind, found.file, found.is_late) == ("adjustment", "other.csv", True)
    assert found.moved == {COIN: 3}
