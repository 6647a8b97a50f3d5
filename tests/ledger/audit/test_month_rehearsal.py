"""The month's page: a rehearsal shows to the coin what a close would post, and changes nothing."""

import csv
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger.models import Month, Transaction
from ledger.months.models import Close, ClosePart
from ledger.months.queries import course_of
from ledger.operations import open_month, open_months
from ledger.rules import month_after, month_of, starts_at
from tests.given import a_holder, a_user, give_data

pytestmark = pytest.mark.django_db


def staff(*rights: str) -> Client:
    user = a_user()
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    return client


def test_what_a_close_would_post_is_shown_and_undone() -> None:
    now = timezone.now()
    month = month_after(month_of(now), -2)  # the last one may not close before 00:10 of the first
    for each in (month, month_after(month)):
        open_month(month=each)
    open_months(now=now)
    then = starts_at(month) + timedelta(days=9)
    holder = a_holder(now=then)
    asset = give_data(holder, 77, month=month, now=then)
    path = reverse("admin:ledger_month_rehearse", args=[month])
    page = reverse("admin:ledger_month_change", args=[month])
    client = staff("view_month", "change_close")
    assert "试结这个月" in client.get(page).content.decode()
    before = Transaction.objects.count()
    shown = client.post(path).content.decode()
    assert f"77 {asset}" in shown
    assert "个人手里到期的流量作废" in shown  # a stage in words, not by its name alone
    assert f"holder/{holder.pk}/main" in shown
    assert "-77" in shown
    lines = client.post(f"{path}lines/")
    assert lines["Content-Disposition"].startswith("attachment")
    rows = csv.DictReader(b"".join(lines.streaming_content).decode().splitlines())  # type: ignore[attr-defined]
    theirs = [row for row in rows if row["address"] == f"holder/{holder.pk}/main"]
    assert [(row["asset"], row["before"], row["change"], row["after"]) for row in theirs] == [
        (asset, "77", "-77", "0")
    ]
    assert Transaction.objects.count() == before
    assert Month.objects.get(pk=month).state == Month.State.OPEN
    assert not Close.objects.exists()
    assert client.get(path).status_code == 405
    reader = staff("view_month")
    assert "试结这个月" not in reader.get(page).content.decode()
    assert reader.post(path).status_code == 403
    assert reader.post(f"{path}lines/").status_code == 403


def test_lines_of_a_month_that_cannot_be_closed_are_refused_on_its_page() -> None:
    now = timezone.now()
    month = month_of(now)
    open_months(now=now)
    path = reverse("admin:ledger_month_rehearse_lines", args=[month])
    answer = staff("view_month", "change_close").post(path)
    assert "Content-Disposition" not in answer
    text = answer.content.decode()
    assert "还不能结账" in text  # why, in the reader's language, and not only the refusal's own
    assert 'id="course"' not in text


def test_a_close_that_has_not_begun_has_no_pace() -> None:
    now = timezone.now()
    month = month_of(now)
    open_months(now=now)
    close = Close.objects.create(pk=month, inputs={}, begun_at=now - timedelta(seconds=30))
    assert course_of(close, now=now).seconds_left is None
    close.parts.create(place=1, stage="a", shard="0", postings=1, totals={}, done_at=now)
    close.parts.create(place=1, stage="a", shard="1")
    course = course_of(close, now=now)
    assert (course.parts, course.parts_done, course.seconds_left) == (2, 1, 30)


def test_a_close_under_way_is_shown_in_words(now: datetime) -> None:
    month = Month.objects.get(pk=month_of(now))
    close = Close.objects.create(month=month, begun_at=now, inputs={})
    for shard, done_at in (("0", now), ("1", None)):
        ClosePart.objects.create(
            close=close,
            place=30,
            stage="expire_holders",
            shard=shard,
            postings=3 if done_at else 0,
            totals={"DATA-CT-2026-11": 1_500} if done_at else {},
            done_at=done_at,
        )
    page = staff("view_month").get(reverse("admin:ledger_month_change", args=[month.pk]))
    text = page.content.decode()
    assert "个人手里到期的流量作废" in text
    assert "1 / 2" in text
    assert "1,500 DATA-CT-2026-11" in text
    assert "正在：个人手里到期的流量作废" in text
    assert 'hx-trigger="every 5s"' in text
    assert "nothing to post" not in text


def test_a_close_that_stopped_says_where_and_why(now: datetime) -> None:
    month = Month.objects.get(pk=month_of(now))
    close = Close.objects.create(
        month=month, begun_at=now, inputs={}, stopped_at=now, stopped_why="ZeroDivisionError: 1/0"
    )
    ClosePart.objects.create(close=close, place=90, stage="closing_balances", shard="0")
    page = reverse("admin:ledger_month_change", args=[month.pk])
    text = staff("view_month").get(page).content.decode()
    assert "停在“记期末余额”" in text
    assert "ZeroDivisionError: 1/0" in text
    Close.objects.update(ended_at=now, stopped_at=None)
    ended = staff("view_month").get(page).content.decode()
    assert "已经结完" in ended
    assert 'hx-trigger="every 5s"' not in ended


def test_a_close_this_process_cannot_run_names_what_it_lacks(now: datetime) -> None:
    month = Month.objects.get(pk=month_of(now))
    close = Close.objects.create(month=month, begun_at=now, inputs={})
    ClosePart.objects.create(close=close, place=90, stage="closing_balances", shard="0")
    page, said = reverse("admin:ledger_month_change", args=[month.pk]), "没有启用的步骤（renamed）"
    assert "没有启用的步骤" not in staff("view_month").get(page).content.decode()
    ClosePart.objects.create(close=close, place=10, stage="renamed", shard="0")
    assert said in staff("view_month").get(page).content.decode()
    Close.objects.update(ended_at=now)
    assert said not in staff("view_month").get(page).content.decode()
