"""The pages of own data: shown, deposited, taken back, watched; in both languages."""

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from tests import given
from tests.carrying import attest, carriers_answer
from wallet.holders.models import Holder
from wallet.holders.rules import opaque_id
from wallet.rollover.models import Deposit, TakeBack
from wallet.rollover.operations.deposits import settle_deposits
from wallet.rollover.operations.take_backs import settle_take_backs

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder() -> Holder:
    given.open_ledger_today()
    holder = given.a_holder()
    month = given.this_month()
    attest(holder.numbers.get(), month=month, as_of=f"{month:%Y-%m}-01")
    return holder


def form(holder: Holder, mb: object = 500) -> dict[str, object]:
    number = opaque_id("num", holder.numbers.get().pk)
    return {"package": f"{number}.{given.PACKAGE}", "mb": mb, "key": str(uuid4())}


def deposited(holder: Holder, mb: int = 500) -> Deposit:
    given.client_of(holder).post("/deposits/", form(holder, mb), format="multipart")
    carriers_answer(now=timezone.now())
    settle_deposits(now=timezone.now())
    return Deposit.objects.get(holder=holder)


def test_own_data_is_shown_in_both_languages(holder: Holder) -> None:
    client = given.client_of(holder)
    page = client.get("/deposits/").content.decode()
    assert "剩 1,500 MB" in page
    assert "没有已存入的流量" in page
    english = client.get("/deposits/", headers={"accept-language": "en"}).content.decode()
    assert "1,500 MB left" in english


def test_without_figures_the_page_says_so() -> None:
    given.open_ledger_today()
    page = given.client_of(given.a_holder()).get("/deposits/").content.decode()
    assert "运营商还没有送来您的套餐数据" in page
    assert "没有可以存入的流量" in page


def test_a_deposit_is_asked_watched_and_done(holder: Holder) -> None:
    client = given.client_of(holder)
    asked = client.post("/deposits/", form(holder), format="multipart")
    row = Deposit.objects.get()
    assert asked["Location"] == f"/deposits/{opaque_id('dep', row.pk)}/"
    page = client.get(asked["Location"]).content.decode()
    assert "正在办理" in page
    assert "hx-get" in page
    fragment = client.get(asked["Location"], headers={"HX-Request": "true"})
    assert (fragment.status_code, "<html" in fragment.content.decode()) == (200, False)
    carriers_answer(now=timezone.now())
    settle_deposits(now=timezone.now())
    ended = client.get(asked["Location"], headers={"HX-Request": "true"})
    assert ended.status_code == 286
    assert "已完成" in ended.content.decode()
    assert "500 MB 已经存入" in client.get("/inbox/").content.decode()


def test_a_form_sent_twice_deposits_once(holder: Holder) -> None:
    sent = form(holder)
    for _ in range(2):
        given.client_of(holder).post("/deposits/", sent, format="multipart")
    assert Deposit.objects.count() == 1


def test_too_much_is_refused_beside_the_form(holder: Holder) -> None:
    page = given.client_of(holder).post("/deposits/", form(holder, 1501), format="multipart")
    assert page.status_code == 200
    assert "套餐里只剩 1,500 MB 可以存入" in page.content.decode()
    assert not Deposit.objects.exists()


@pytest.mark.parametrize("mb", ["", "0", "-1", "1.5", str(2**63), "很多"])
def test_a_bad_amount_is_refused_beside_the_form(holder: Holder, mb: str) -> None:
    page = given.client_of(holder).post("/deposits/", form(holder, mb), format="multipart")
    assert page.status_code == 200
    assert not Deposit.objects.exists()


def test_a_take_back_is_asked_and_done(holder: Holder) -> None:
    deposited(holder)
    client = given.client_of(holder)
    asked = client.post("/take-backs/", form(holder, 200), format="multipart")
    row = TakeBack.objects.get()
    assert asked["Location"] == f"/take-backs/{opaque_id('tkb', row.pk)}/"
    carriers_answer(now=timezone.now())
    settle_take_backs(now=timezone.now())
    assert "已完成" in client.get(asked["Location"]).content.decode()
    page = client.get("/deposits/").content.decode()
    assert "300 MB" in page
    more = client.post("/take-backs/", form(holder, 301), format="multipart")
    assert more.status_code == 200
    assert TakeBack.objects.count() == 1


def test_strangers_and_visitors_see_nothing(holder: Holder) -> None:
    row = deposited(holder)
    path = f"/deposits/{opaque_id('dep', row.pk)}/"
    assert given.client_of(given.a_holder()).get(path).status_code == 404
    visitor = Client()
    for address in (path, "/deposits/", "/take-backs/"):
        assert visitor.get(address).status_code == 302


def test_another_ones_package_is_no_choice(holder: Holder) -> None:
    stranger = given.a_holder()
    page = given.client_of(stranger).post("/deposits/", form(holder), format="multipart")
    assert page.status_code == 200
    assert not Deposit.objects.exists()
