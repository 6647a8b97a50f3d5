"""The sweep posts what was decided; beat starts it; clerks look, and change nothing."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from config.celery import app
from config.schedule import SCHEDULE
from ledger.queries import amount_at, coins_in
from ledger.refusals import MonthClosed
from tests import given
from tests.wallet.convert.world import convert, deliver, reachable
from wallet.carriers.models import Instruction
from wallet.convert import tasks
from wallet.convert.operations import settle_conversions
from wallet.holders.models import Holder, User
from wallet.holders.queries import main_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_books")]


@pytest.fixture
def holder() -> Holder:
    reachable("CT")
    given.open_ledger_today()
    return given.a_holder(coins=100)


def test_the_sweep_posts_what_was_decided(holder: Holder) -> None:
    now = timezone.now()
    asset = given.give_data(holder, 50, month=given.this_month(), now=now)
    convert(holder, now=now)
    deliver(holder, asset=asset, now=now)
    Instruction.objects.update(state="failed", decided_at=given.NOW)
    tasks.settle()
    assert (coins_in(main_of(holder)), amount_at(main_of(holder), asset)) == (100, 50)


def test_a_month_that_closed_meanwhile_is_asked_once_more(
    holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    convert(holder)
    Instruction.objects.update(state="failed", decided_at=given.NOW)
    closed = [MonthClosed("Just now.")]

    def at_midnight(**asked: Any) -> int:
        if closed:
            raise closed.pop()
        return settle_conversions(**asked)

    monkeypatch.setattr(tasks, "settle_conversions", at_midnight)
    tasks.settle()
    assert coins_in(main_of(holder)) == 100


def test_beat_starts_the_sweep() -> None:
    app.loader.import_default_modules()
    assert "wallet.convert.settle" in app.tasks
    assert "wallet.convert.settle" in {entry["task"] for entry in SCHEDULE.values()}


def test_a_clerk_reads_and_changes_nothing(holder: Holder) -> None:
    given.give_data(holder, 50)
    clerk = Client()
    clerk.force_login(User.objects.create_superuser("+8613900000001"))
    rows = {"conversion": convert(holder), "datadelivery": deliver(holder, asset="DATA-CT-2026-11")}
    for name, row in rows.items():
        change = f"/admin/wallet/{name}/{row.pk}/change/"
        for path in (f"/admin/wallet/{name}/?q={row.pk}", change):
            assert clerk.get(path).status_code == 200, path
        assert clerk.get(f"/admin/wallet/{name}/add/").status_code == 403
        assert clerk.post(change, {"state": "delivered"}).status_code == 403
        delete = f"/admin/wallet/{name}/{row.pk}/delete/"
        assert clerk.post(delete, {"post": "yes"}).status_code == 403
