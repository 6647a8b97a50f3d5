"""The pages of my numbers, and what staff adds to their history."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from tests import given
from tests.given_numbers import a_code, a_proved_number
from wallet.holders.models import Holder, Number, NumberEvent, User
from wallet.holders.rules import opaque_id
from wallet.numbers import tasks
from wallet.numbers.models import NumberCode
from wallet.numbers.operations import doubt_number
from wallet.numbers.queries import digits_of

pytestmark = pytest.mark.django_db
KEY = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"


@pytest.fixture
def me() -> Holder:
    """Return somebody who has one number."""
    given.open_ledger_today()
    return given.a_holder(now=timezone.now())


def client_of(holder: Holder, language: str = "zh-hans") -> Client:
    """Return a browser signed in as this person."""
    assert holder.user is not None
    client = Client(headers={"accept-language": language})
    client.force_login(holder.user)
    return client


def test_a_number_is_added_by_its_code(me: Holder) -> None:
    client = client_of(me)
    answer = client.post("/numbers/add/", {"msisdn": "133 0000 1111", "key": KEY})
    code = NumberCode.objects.get(holder=me)
    assert answer["Location"] == f"/numbers/codes/{opaque_id('nbc', code.pk)}/"
    wrong = client.post(answer["Location"], {"code": "x"})
    assert (wrong.status_code, "验证码不对，还可以试 4 次。" in wrong.content.decode()) == (
        422,
        True,
    )
    assert client.post(answer["Location"], {"code": digits_of(code)})["Location"] == "/numbers/"
    page = client.get("/numbers/").content.decode()
    assert "133****1111" in page
    assert "已加入" in page


def test_a_bad_number_is_said_beside_the_form(me: Holder) -> None:
    answer = client_of(me).post("/numbers/add/", {"msisdn": "12345", "key": KEY})
    assert (answer.status_code, "请填 11 位手机号。" in answer.content.decode()) == (422, True)
    assert client_of(me).get("/numbers/add/")["Location"] == "/numbers/"


def test_buttons_port_sign_in_and_release(me: Holder) -> None:
    client, first = client_of(me, "en"), me.numbers.get()
    second = a_proved_number(me, now=timezone.now())
    given.a_carrier("CU")
    of_second = f"/numbers/{opaque_id('num', second.pk)}"
    client.post(f"{of_second}/carrier/", {"carrier": "CU"})
    client.post(f"{of_second}/login/")
    refused = client.post(f"{of_second}/release/", follow=True).content.decode()
    assert "You sign in with this number" in refused
    gone = client.post(f"/numbers/{opaque_id('num', first.pk)}/release/", follow=True)
    assert "The number has left your wallet." in gone.content.decode()
    second.refresh_from_db()
    assert (list(me.numbers.all()), second.carrier_id) == ([second], "CU")


def test_a_doubted_number_may_be_left(me: Holder) -> None:
    number = me.numbers.get()
    doubt_number(number=number, by="admin/1", reason="x", now=timezone.now())
    client = client_of(me)
    assert "这不是我的钱包" in client.get("/numbers/").content.decode()
    answer = client.post(f"/numbers/{opaque_id('num', number.pk)}/disown/")
    assert answer["Location"] == "/account/login/"
    assert not me.numbers.exists()
    assert client.get("/numbers/").status_code == 302


def test_strangers_see_nothing(me: Holder) -> None:
    stranger = client_of(given.a_holder(now=timezone.now()))
    of_mine = f"/numbers/{opaque_id('num', me.numbers.get().pk)}"
    for button in ("carrier", "login", "release", "disown"):
        assert stranger.post(f"{of_mine}/{button}/").status_code == 404
        assert stranger.get(f"{of_mine}/{button}/").status_code == 405
    code = a_code(me, now=timezone.now())
    assert stranger.get(f"/numbers/codes/{opaque_id('nbc', code.pk)}/").status_code == 404
    assert Client().get("/numbers/").status_code == 302


def test_what_came_back_is_swept_by_a_task(me: Holder) -> None:
    number, now = a_proved_number(me, now=timezone.now()), timezone.now()
    client_of(me).post(f"/numbers/{opaque_id('num', number.pk)}/release/")
    given.give_surplus(number, 5, month=given.this_month(), now=now)
    tasks.keep_what_came_back_to_lines()
    page = client_of(me).get("/history/").content.decode()
    assert "移出号码的流量转到钱包" in page


@pytest.mark.parametrize(
    ("news", "found"),
    [
        ({"kind": "doubted"}, {"doubted": True, "held": True}),
        ({"kind": "recycled"}, {"doubted": False, "held": False}),
        ({"kind": "ported", "carrier": "CU"}, {"doubted": False, "held": True}),
    ],
)
def test_staff_adds_news_with_a_reason(
    me: Holder, news: dict[str, Any], found: dict[str, bool]
) -> None:
    given.a_carrier("CU")
    clerk = User.objects.create_user("+8613900000001", is_staff=True)
    allowed = Permission.objects.filter(codename__in=("add_numberevent", "view_numberevent"))
    clerk.user_permissions.set(allowed)
    client = Client()
    client.force_login(clerk)
    number, door = me.numbers.get(), "/admin/wallet/numberevent/add/"
    asked = {"number": str(number.pk), "reason": "运营商的名单", **news}
    assert client.post(door, {**asked, "reason": ""}).status_code == 200
    assert not NumberEvent.objects.filter(kind=news["kind"]).exists()
    assert client.post(door, asked).status_code == 302
    event = NumberEvent.objects.get(kind=news["kind"])
    assert event.by == f"admin/{clerk.pk}"
    number.refresh_from_db()
    assert (number.doubted_at is not None, number.holder_id is not None) == (
        found["doubted"],
        found["held"],
    )
    listed = client.get("/admin/wallet/numberevent/").content.decode()
    assert str(number) in listed
    assert Number.objects.filter(carrier="CU").exists() is ("carrier" in news)
