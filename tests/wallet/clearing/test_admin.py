"""The staff's pages: statements answered, proposed, decided by a second person; offices opened."""

import uuid

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from ledger.queries import coins_in
from tests.given import a_user
from tests.given_clearing import (
    IN_DECEMBER,
    a_traded_month,
    confirm_all,
    retire,
    statement,
    struck,
    take_back,
)
from wallet.clearing.models import ClearingStatement, ClearingStep
from wallet.clearing.operations import dispute_line
from wallet.holders.models import User
from wallet.offices.models import CarrierOffice

pytestmark = pytest.mark.django_db
RIGHTS = ("view_clearingstatement", "propose_clearing", "decide_clearing")


def staff(*rights: str) -> tuple[User, Client]:
    user = a_user()
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    return user, client


def page_of(held: ClearingStatement) -> str:
    return reverse("admin:wallet_clearingstatement_change", args=[held.pk])


def act(client: Client, held: ClearingStatement, what: str, **sent: object) -> int:
    path = reverse("admin:wallet_clearingstatement_act", args=[held.pk, what])
    return client.post(path, {"key": str(uuid.uuid4()), **sent}).status_code


def shown(client: Client, held: ClearingStatement) -> str:
    answer = client.get(page_of(held))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_one_proposes_another_approves() -> None:
    a_traded_month()
    clearing = struck()
    held = statement("CM", clearing)
    (_one, first), (_two, second) = staff(*RIGHTS), staff(*RIGHTS)
    assert "提议入账" not in shown(first, held)
    confirm_all(clearing)
    assert "提议入账" in shown(first, held)
    act(first, held, "retire", text="核对无误")
    (step,) = ClearingStep.objects.all()
    assert "这是您提出的" in shown(first, held)
    act(first, held, "approve", thing=step.pk)
    assert "提出的人不能自己批准" in shown(first, held)
    assert coins_in("carrier/CM/payable") == 1_000
    act(second, held, "approve", thing=step.pk)
    assert coins_in("carrier/CM/payable") == 0
    assert "已决定" in shown(second, held)


def test_a_dispute_is_answered_or_left_out_and_a_proposal_declined() -> None:
    a_traded_month()
    held = statement("CM", struck())
    line = held.lines.select_related("statement").get(coins=400)
    (_one, first), (_two, second) = staff(*RIGHTS), staff(*RIGHTS)
    dispute_line(line=line, reason="没有", by=a_user(), now=held.made_at)
    assert "没有" in shown(first, held)
    act(first, held, "leave_out", thing=line.pk, text="先移走")
    step = ClearingStep.objects.get(kind="leave_out")
    act(second, held, "decline", thing=step.pk)
    act(first, held, "answer", thing=line.pk, text="见 17 日日账")
    line.refresh_from_db()
    assert (line.state, line.answer) == ("open", "见 17 日日账")
    assert act(first, held, "answer", thing=line.pk, text="x" * 600) == 302
    assert act(first, held, "answer", thing=uuid.uuid4(), text="x") == 404


def test_whoever_only_reads_changes_nothing() -> None:
    a_traded_month()
    clearing = struck()
    confirm_all(clearing)
    held = statement("CM", clearing)
    _user, reader = staff("view_clearingstatement")
    assert "提议入账" not in shown(reader, held)
    for what in ("retire", "approve", "nonsense"):
        assert act(reader, held, what, text="x") == 403
    assert not ClearingStep.objects.exists()
    index = reader.get(reverse("admin:wallet_clearingstatement_changelist"))
    assert "2026-11" in index.content.decode()


def test_an_administrator_opens_an_office() -> None:
    admin = a_user()
    admin.is_staff = admin.is_superuser = True
    admin.save()
    owner, client = a_user(), Client()
    client.force_login(admin)
    sent = {"carrier": "CT", "owner": owner.phone}
    path = reverse("admin:wallet_carrieroffice_add")
    assert client.get(path).status_code == 200
    assert client.post(path, sent).status_code == 302
    assert CarrierOffice.objects.get().organisation.members.get().user == owner
    for model in ("breakanswer", "usageupload", "carrieroffice", "clearingpayment"):
        assert client.get(reverse(f"admin:wallet_{model}_changelist")).status_code == 200


def test_what_takes_something_off_is_not_offered_to_wait_once_it_is_counted_on() -> None:
    holder = a_traded_month()
    take_back("CM", 40, holder=holder)
    clearing = struck()
    held = statement("CM", clearing)
    (_one, first), (_two, second) = staff(*RIGHTS), staff(*RIGHTS)
    line = held.lines.select_related("statement").get(side="credit", coins=-40)
    dispute_line(line=line, reason="没有退过", by=a_user(), now=IN_DECEMBER)
    assert "提议移到下月" in shown(first, held)
    act(first, held, "leave_out", thing=line.pk, text="下月再对")
    confirm_all(clearing)
    retire(statement("CU", clearing))
    page = shown(second, held)
    assert "提议移到下月" not in page
    assert page.count("这一行是扣减") == 1
    act(second, held, "approve", thing=ClearingStep.objects.get(line=line).pk)
    assert shown(second, held).count("这一行是扣减") == 2  # it is refused with the same words
    line.refresh_from_db()
    assert line.state == "disputed"
