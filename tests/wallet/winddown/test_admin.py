"""The end of the service at the desk: who sees it, who steers it, and what is noted as paid."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from tests import given
from tests.given_merchants import a_code, a_merchant
from tests.given_winddown import a_wind_down
from wallet.holders.models import User
from wallet.merchants.operations import claim_code
from wallet.refunds.models import CashRefund
from wallet.refunds.operations import list_refunds
from wallet.winddown.models import WindDown

pytestmark = pytest.mark.django_db
PAGE = "/admin/wallet/winddown/progress/"


def clerk(*permissions: str) -> Client:
    user = User.objects.create_user(f"+86{given.an_msisdn()}", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def test_who_may_steer_announces_rehearses_and_calls_off() -> None:
    given.open_ledger_today()
    desk = clerk("view_winddown", "steer_winddown")
    assert "服务照常" in desk.get(PAGE).content.decode()
    assert desk.post(PAGE, {"announce": "1", "reason": " "}).status_code == 422
    assert desk.post(PAGE, {"announce": "1", "reason": "牌照到期"}).status_code == 302
    found = WindDown.objects.get()
    assert found.announced_by.startswith("admin/")
    assert "牌照到期" in desk.get(PAGE).content.decode()
    rehearsed = desk.post(PAGE, {"rehearse": "1"}).content.decode()
    assert "没有要记的账。" in rehearsed
    assert desk.post(PAGE, {"call_off": "1"}).status_code == 302
    assert desk.post(PAGE, {"call_off": "1"}).status_code == 409
    found.refresh_from_db()
    assert found.begun_at is None
    assert found.called_off_at is not None


def test_who_may_only_see_steers_nothing() -> None:
    reader = clerk("view_winddown")
    page = reader.get(PAGE).content.decode()
    assert "公告停止服务" not in page
    assert reader.post(PAGE, {"announce": "1", "reason": "!"}).status_code == 403
    assert clerk("view_holder").get(PAGE).status_code == 403
    assert not WindDown.objects.exists()


def test_once_begun_the_page_shows_how_far_it_is_and_steers_no_more() -> None:
    given.open_ledger_today()
    given.a_gift_now(coins=7)
    a_wind_down(now=timezone.now() - timedelta(seconds=1))
    desk = clerk("view_winddown", "steer_winddown")
    page = desk.get(PAGE).content.decode()
    assert "退回没领的礼物" in page
    assert "gift/" in page
    assert 'name="rehearse"' not in page
    assert desk.post(PAGE, {"call_off": "1"}).status_code == 409


def _owed() -> CashRefund:
    holder = given.a_holder(tier=2)
    claim_code(code=a_code(a_merchant(coins=50), coins=50), claimer=holder, now=given.NOW)
    a_wind_down()
    list_refunds(now=given.NOW)
    return CashRefund.objects.get(holder=holder)


def test_a_payment_is_noted_by_whoever_may() -> None:
    given.open_ledger_today()
    row = _owed()
    page = f"/admin/wallet/cashrefund/{row.pk}/change/"
    door = f"/admin/wallet/cashrefund/{row.pk}/paid/"
    payer, reader = clerk("view_cashrefund", "pay_cashrefund"), clerk("view_cashrefund")
    assert "0.50" in reader.get("/admin/wallet/cashrefund/").content.decode()
    assert "记一笔付款" not in reader.get(page).content.decode()
    assert reader.post(door, {"reference": "ICBC 7"}).status_code == 403
    assert "记一笔付款" in payer.get(page).content.decode()
    assert payer.post(door, {"reference": ""}).status_code == 422
    assert payer.post(door, {"reference": "ICBC 7"}).status_code == 302
    assert payer.post(door, {"reference": "ICBC 8"}).status_code == 422
    row.refresh_from_db()
    assert (row.reference, row.paid_by.startswith("admin/")) == ("ICBC 7", True)
    assert "记一笔付款" not in payer.get(page).content.decode()
