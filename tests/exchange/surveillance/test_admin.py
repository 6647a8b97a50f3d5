"""The queue of alerts: looked at, dismissed with a reason, or acted on; only by who may."""

import uuid
from datetime import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from exchange.orders.models import Event
from exchange.surveillance.models import Alert
from exchange.surveillance.operations import (
    AlertDecided,
    AlertReasonMissing,
    NoTradesToBust,
    act_on_alert,
    dismiss_alert,
    look_at_alert,
)
from exchange.surveillance.queries import trades_of
from ledger.adjustments.models import Proposal
from ledger.adjustments.operations import approve_proposal
from ledger.registry import desk_links
from ledger.rules import month_of
from tests.given import NOW, a_book, a_user
from tests.given_surveillance import raised, washed
from tests.ledger.adjustments.world import controller
from wallet.holders.rules import opaque_id

pytestmark = pytest.mark.django_db
WHY = "来回对倒，不是真的买卖"


def staff(*rights: str, role: str = "") -> Client:
    user = a_user()
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    user.groups.set(Group.objects.filter(name=role))
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    return client


def an_alert(*, now: datetime = NOW) -> Alert:
    book = a_book(month=month_of(now), now=now)
    washed(book, now=now)
    [alert] = raised(book, now=now)
    return alert


def decide(client: Client, alert: Alert, act: str, *, reason: str = WHY) -> int:
    path = f"/admin/exchange/alert/{alert.pk}/decide/{act}/"
    said = {"key": str(uuid.uuid4())} | ({"reason": reason} if act != "look" else {})
    return client.post(path, said).status_code


def test_an_alert_is_shown_with_its_evidence_and_nothing_personal() -> None:
    alert = an_alert()
    client = staff("view_alert", "decide_alert")
    listed = client.get("/admin/exchange/alert/").content.decode()
    assert "每一万张单几条提示：1250.00" in listed.replace("</h2>", "")
    assert "对倒" in listed
    shown = client.get(f"/admin/exchange/alert/{alert.pk}/change/").content.decode()
    for trade in trades_of(alert):
        assert f"/admin/exchange/trade/{trade.pk}/change/" in shown
    for holder in alert.holders.all():
        assert opaque_id("hld", holder.pk) in shown
        assert holder.user is not None
        assert str(holder.user.phone) not in shown
    assert "轮数" in shown
    assert "/decide/halt/" not in shown
    assert client.post(f"/admin/exchange/alert/{alert.pk}/change/", {}).status_code == 403


def test_an_alert_is_looked_at_and_dismissed_with_a_reason() -> None:
    alert, client = an_alert(), staff("view_alert", "decide_alert")
    [desk] = [link for link in desk_links() if link.permission == "exchange.view_alert"]
    assert desk.waiting is not None
    assert desk.waiting() == 1
    decide(client, alert, "look")
    alert.refresh_from_db()
    assert (alert.state, alert.decided_at) == ("looked_at", None)
    first = alert.looked_by
    assert first.startswith("admin/")
    decide(staff("view_alert", "decide_alert"), alert, "look")
    decide(client, alert, "dismiss", reason="ab")
    alert.refresh_from_db()
    assert (alert.state, alert.looked_by) == ("looked_at", first)
    decide(client, alert, "dismiss")
    alert.refresh_from_db()
    assert (alert.state, alert.reason, alert.decided_by) == ("dismissed", WHY, first)
    assert desk.waiting() == 0
    entries = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert list(entries) == ["look", "look", f"dismiss: {WHY}"]
    assert WHY in client.get(f"/admin/exchange/alert/{alert.pk}/change/").content.decode()


def test_an_alert_halts_its_book_and_proposes_to_undo_its_trades() -> None:
    now = timezone.now()
    alert = an_alert(now=now)
    both = staff("view_alert", "decide_alert", "add_proposal", "view_proposal", role="controller")
    assert decide(both, alert, "halt") == 403
    assert decide(both, alert, "bust") == 302
    alert.refresh_from_db()
    assert (alert.state, alert.act) == ("acted_on", "bust")
    assert alert.proposal is not None
    proposal = Proposal.objects.get(pk=alert.proposal)
    assert proposal.action == "bust_trades"
    assert len(proposal.subject.split()) == 4
    shown = both.get(f"/admin/exchange/alert/{alert.pk}/change/").content.decode()
    assert f"/admin/ledger/proposal/{proposal.pk}/change/" in shown
    approve_proposal(proposal=proposal.pk, by=controller(), now=now)
    assert not trades_of(alert).filter(busted_at=None).exists()


def test_an_alert_halts_its_book() -> None:
    alert = an_alert()
    client = staff("view_alert", "decide_alert", "change_book")
    assert decide(client, alert, "halt") == 302
    halt = Event.objects.get(book=alert.book_id, kind="phase", body__phase="halt")
    assert halt.body["reason"] == WHY
    alert.refresh_from_db()
    assert (alert.state, alert.act, alert.proposal) == ("acted_on", "halt", None)


def test_who_may_not_decide_decides_nothing() -> None:
    alert, reader = an_alert(), staff("view_alert")
    for act in ("look", "dismiss", "halt", "bust", "other", "nonsense"):
        assert decide(reader, alert, act) == 403
    assert (
        "/decide/" not in reader.get(f"/admin/exchange/alert/{alert.pk}/change/").content.decode()
    )
    alert.refresh_from_db()
    assert alert.state == "open"


def test_a_decision_stands_and_says_why() -> None:
    alert, by = an_alert(), controller()
    with pytest.raises(AlertReasonMissing):
        dismiss_alert(alert=alert, reason="no", by="admin/1", now=NOW)
    key = uuid.uuid4()
    done = act_on_alert(
        alert=alert, act=Alert.Act.OTHER, reason="Wallets frozen.", by=by, key=key, now=NOW
    )
    assert (done.act, done.looked_by) == ("other", f"admin/{by.id}")
    with pytest.raises(AlertDecided):
        look_at_alert(alert=alert, by="admin/1", now=NOW)
    with pytest.raises(AlertDecided):
        dismiss_alert(alert=alert, reason="Nothing at all.", by="admin/1", now=NOW)


def test_without_trades_left_nothing_is_proposed() -> None:
    alert = an_alert()
    trades_of(alert).update(busted_at=NOW)
    with pytest.raises(NoTradesToBust):
        act_on_alert(
            alert=alert,
            act=Alert.Act.BUST,
            reason="They told us themselves.",
            by=controller(),
            key=uuid.uuid4(),
            now=NOW,
        )
    alert.refresh_from_db()
    assert alert.state == "open"
