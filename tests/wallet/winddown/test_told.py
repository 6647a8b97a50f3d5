"""Everybody sees on every page that the service ends, when, and what to do about it."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from tests import given
from tests.given_winddown import a_wind_down
from wallet.holders.models import Holder, Notice
from wallet.home.sentences import notice_page, notice_words
from wallet.winddown.models import WindDown
from wallet.winddown.operations import (
    advance_wind_down,
    announce_wind_down,
    call_off_wind_down,
)
from wallet.winddown.tasks import go_on

pytestmark = pytest.mark.django_db
ASIDE = '<aside class="notice warning"'


def _client(holder: Holder, language: str = "zh-hans") -> Client:
    client = Client(headers={"host": "127.0.0.1", "accept-language": language})
    assert holder.user is not None
    client.force_login(holder.user)
    return client


def _page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def _announced(now: datetime) -> WindDown:
    return announce_wind_down(reason="Between us: the licence ends.", by="admin/1", now=now)


def test_nothing_is_said_while_the_service_goes_on() -> None:
    client = _client(given.a_holder())
    assert ASIDE not in _page(client, "/")
    assert "没有停止服务的安排" in _page(client, "/ending/")
    assert client.get("/api/v1/ending").json() == {
        "standing": "going_on",
        "announced_at": None,
        "may_begin_at": None,
        "begun_at": None,
        "ended_at": None,
    }


def test_an_announcement_stands_on_every_page_with_its_day(now: datetime) -> None:
    _announced(now)
    holder = given.a_holder()
    client = _client(holder)
    for path in ("/", "/gifts/", "/convert/", "/me/"):
        page = _page(client, path)
        assert "本服务将要停止，最早在 2027-01-15。" in page
        assert 'href="/ending/"' in page
    english = _page(_client(holder, "en"), "/")
    assert "This service will end, on 2027-01-15 at the earliest." in english
    stranger = Client(headers={"host": "127.0.0.1"})
    assert "本服务将要停止，最早在 2027-01-15。" in _page(stranger, "/")


def test_its_page_says_what_to_do_and_keeps_the_reason_to_us(now: datetime) -> None:
    _announced(now)
    page = _page(_client(given.a_holder()), "/ending/")
    assert "在那之前，您可以" in page
    assert f'href="{reverse("convert")}"' in page
    assert "licence" not in page
    told = _client(given.a_holder()).get("/api/v1/ending").json()
    assert (told["standing"], told["begun_at"]) == ("announced", None)


def test_what_is_called_off_is_said_no_more(now: datetime) -> None:
    _announced(now)
    call_off_wind_down(by="admin/2", now=now)
    assert ASIDE not in _page(_client(given.a_holder()), "/")


def test_when_it_is_over_that_is_said(now: datetime) -> None:
    a_wind_down(now=now)
    WindDown.objects.update(ended_at=now + timedelta(days=3))
    page = _page(_client(given.a_holder()), "/")
    assert "本服务已于 2026-11-19 停止。" in page


def test_the_message_leads_to_the_page(now: datetime) -> None:
    holder = given.a_holder()
    _announced(now)
    advance_wind_down(now=now)
    assert notice_page(Notice.objects.get(holder=holder)) == "/ending/"


def test_a_page_reads_it_once(
    now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    _announced(now)
    client = _client(given.a_holder(coins=5))
    client.get("/")
    with django_assert_max_num_queries(24) as read:
        client.get("/")
    assert sum("wallet_winddown" in query["sql"] for query in read.captured_queries) == 1


def test_who_was_told_is_told_once_that_it_is_called_off(now: datetime) -> None:
    first = given.a_holder()
    _announced(now)
    advance_wind_down(now=now)
    later = given.a_holder()
    call_off_wind_down(by="admin/2", now=now)
    go_on()
    go_on()
    (notice,) = Notice.objects.filter(kind="wind_down_called_off")
    assert notice.holder == first
    assert notice_words(notice) == "停止服务的公告（2027-01-15）已经取消，一切照常。"
    assert not Notice.objects.filter(holder=later).exists()
    assert WindDown.objects.get().call_off_told_at is not None
    again = announce_wind_down(reason="After all.", by="admin/1", now=now + timedelta(days=1))
    go_on()
    assert Notice.objects.filter(kind="wind_down_announced", subject_id=again.pk).count() == 2
