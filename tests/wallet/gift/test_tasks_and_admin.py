"""The sweep gives back; clerks look, and change nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from config.celery import app
from config.schedule import SCHEDULE
from ledger.queries import coins_in
from tests import given
from wallet.gift.models import Gift
from wallet.gift.tasks import return_expired_gifts
from wallet.holders.models import Holder, User
from wallet.holders.queries import main_of
from wallet.policy.models import PolicyRow
from wallet.policy.operations import set_policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("+8613900000001"))
    return client


def test_the_sweep_gives_back() -> None:
    gift = given.a_gift_now(coins=30)
    Gift.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    return_expired_gifts()
    assert coins_in(main_of(gift.sender)) == 30


@pytest.mark.parametrize("name", ["wallet.gift.return_expired_gifts"])
def test_beat_starts_the_sweep(name: str) -> None:
    app.loader.import_default_modules()
    assert name in app.tasks
    assert name in {entry["task"] for entry in SCHEDULE.values()}


def test_a_clerk_reads_gifts_and_holders(clerk: Client) -> None:
    gift = given.a_gift_now()
    for path in ("gift", f"gift/{gift.pk}/change", "holder", f"holder/{gift.sender.pk}/change"):
        assert clerk.get(f"/admin/wallet/{path}/").status_code == 200, path
    for path in ("number", "policyrow", "policyrow/add"):
        assert clerk.get(f"/admin/wallet/{path}/").status_code == 200, path
    assert clerk.get("/admin/wallet/gift/add/").status_code == 403
    assert clerk.post(f"/admin/wallet/gift/{gift.pk}/change/", {"amount": 1}).status_code == 403
    assert clerk.post(f"/admin/wallet/gift/{gift.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_clerk_freezes_and_thaws(clerk: Client) -> None:
    holder = given.a_holder()
    for kind, frozen in (("frozen", True), ("thawed", False)):
        asked = {"holder": str(holder.pk), "kind": kind, "reason": "接到报案"}
        silent = clerk.post("/admin/wallet/holderevent/add/", {**asked, "reason": " "})
        assert silent.status_code == 200
        assert clerk.post("/admin/wallet/holderevent/add/", asked).status_code == 302
        assert (Holder.objects.get(pk=holder.pk).frozen_at is not None) is frozen
        event = holder.events.latest("id")
        assert (event.kind, event.reason, event.by[:6]) == (kind, "接到报案", "admin/")


def test_a_clerk_changes_policy_from_now_on_only(clerk: Client) -> None:
    tomorrow = timezone.localtime() + timedelta(days=1)
    asked: dict[str, Any] = {
        "key": "gift.expires_hours",
        "value": "48",
        "starts_at_0": f"{tomorrow:%Y-%m-%d}",
        "starts_at_1": f"{tomorrow:%H:%M:%S}",
        "reason": "Gifts come back sooner",
    }
    assert clerk.post("/admin/wallet/policyrow/add/", asked).status_code == 302
    row = PolicyRow.objects.get(key="gift.expires_hours", value=48)
    assert row.set_by.startswith("admin/")
    past = clerk.post("/admin/wallet/policyrow/add/", {**asked, "starts_at_0": "2026-01-01"})
    assert past.status_code == 200
    assert PolicyRow.objects.filter(key="gift.expires_hours").count() == 2
    assert clerk.get(f"/admin/wallet/policyrow/{row.pk}/change/").status_code == 200
    assert clerk.post(f"/admin/wallet/policyrow/{row.pk}/change/", asked).status_code == 403


def test_a_clerk_sees_policy_as_of_any_instant(clerk: Client) -> None:
    tomorrow = timezone.localtime() + timedelta(days=1)
    set_policy(
        key="gift.expires_hours",
        value=7_117,
        starts_at=tomorrow,
        set_by="admin/1",
        reason="Rarely",
        now=timezone.now(),
    )
    today = clerk.get("/admin/wallet/policyrow/in-force/").content.decode()
    assert "<td>72</td>" in today
    assert "起改为 7117（admin/1）" in today
    after = {"at": f"{tomorrow + timedelta(minutes=1):%Y-%m-%dT%H:%M}"}
    later = clerk.get("/admin/wallet/policyrow/in-force/", after).content.decode()
    assert "<td>7117</td>" in later
    assert "起改为" not in later
    assert "礼物过多少小时没人领就退回。" in later
    stranger = Client()
    stranger.force_login(given.a_user())
    assert stranger.get("/admin/wallet/policyrow/in-force/").status_code in {302, 403}
