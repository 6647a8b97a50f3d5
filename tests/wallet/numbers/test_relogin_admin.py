"""The staff's pages: a login proposed with a code, decided by a colleague."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import given
from tests.given_logins import a_proved_login
from wallet.holders.models import Holder, TextMessage, User
from wallet.numbers.models import LoginChange
from wallet.numbers.operations import recycle_number
from wallet.numbers.queries import digits_of

pytestmark = pytest.mark.django_db
ADD = "admin:wallet_loginchange_add"


@pytest.fixture
def lost() -> Holder:
    """Return somebody whose only number went to somebody else."""
    given.open_ledger_today()
    holder = given.a_holder(now=timezone.now())
    number = holder.numbers.get()
    recycle_number(number=number, by="admin/x", reason="二次放号", now=timezone.now())
    return holder


def of_the_desk(language: str = "zh-hans") -> Client:
    """Return a browser of somebody in the service desk's group."""
    user = given.a_user()
    User.objects.filter(pk=user.pk).update(is_staff=True)
    user.groups.add(Group.objects.get(name="service desk"))
    client = Client(headers={"accept-language": language})
    client.force_login(User.objects.get(pk=user.pk))
    return client


def act(client: Client, change: LoginChange, what: str, **sent: str) -> str:
    """Press a button of a proposal, and return the page it leads to."""
    answer = client.post(reverse("admin:wallet_loginchange_act", args=[change.pk, what]), sent)
    assert answer.status_code == 302
    return str(client.get(answer["Location"]).content.decode())


def test_two_of_the_desk_walk_it(lost: Holder, django_capture_on_commit_callbacks: Any) -> None:
    one, other, new = of_the_desk(), of_the_desk("en"), given.an_msisdn()
    shown = one.get(reverse(ADD)).content.decode()
    found = re.search(r'name="key" value="([^"]+)"', shown)
    assert found is not None
    sent = {"key": found[1], "holder": str(lost.pk), "msisdn": new}
    sent |= {"checked": "身份证原件", "reason": "手机丢了"}
    assert one.post(reverse(ADD), {**sent, "msisdn": "12345"}).status_code == 200
    assert not LoginChange.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        answer = one.post(reverse(ADD), sent)
    change = LoginChange.objects.get()
    assert digits_of(change.code) in TextMessage.objects.get(phone=f"+86{new}").body
    page = one.get(answer["Location"]).content.decode()
    assert "输入发到新号码的验证码" in page
    assert new not in page
    assert "Type the code" not in other.get(answer["Location"]).content.decode()
    assert "还可以试 4 次" in act(one, change, "prove", code="x")
    assert "要由另一个人决定" in act(one, change, "prove", code=digits_of(change.code))
    assert "要由另一个人来办" in act(one, change, "approve")
    assert "Approved" in act(other, change, "approve")
    assert User.objects.get(holder=lost).phone == f"+86{new}"
    index = other.get(reverse("admin:wallet_loginchange_changelist")).content.decode()
    assert f"{new[:3]}****{new[-4:]}" in index
    assert new not in index


def test_it_is_declined_or_withdrawn(lost: Holder) -> None:
    desk, change = of_the_desk(), a_proved_login(lost, now=timezone.now())
    assert "已拒绝" in act(desk, change, "decline")
    own = a_proved_login(
        lost, now=timezone.now(), by=User.objects.get(pk=desk.session["_auth_user_id"])
    )
    assert "提出人已撤回" in act(desk, own, "withdraw")


def test_whoever_only_reads_changes_nothing(lost: Holder) -> None:
    change = a_proved_login(lost, now=timezone.now())
    reader = given.a_user()
    User.objects.filter(pk=reader.pk).update(is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_loginchange"))
    client = Client()
    client.force_login(User.objects.get(pk=reader.pk))
    assert client.get(reverse(ADD)).status_code == 403
    for what in ("prove", "approve", "decline", "withdraw", "nonsense"):
        path = reverse("admin:wallet_loginchange_act", args=[change.pk, what])
        assert client.post(path).status_code == 403
    change.refresh_from_db()
    assert change.outcome == ""
