"""The desk: one box finds what a text names; people are looked at for a reason, and it is kept."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger.audit.models import Look
from ledger.audit.operations import ReasonMissing, give_reason, note_look
from ledger.audit.queries import Asked, timeline_of
from ledger.audit.queries.timeline import LINES_SHOWN, TIMELINE
from ledger.models import Entry, Transaction
from ledger.operations import post
from ledger.rules import account_id, month_of
from tests import given
from tests.ledger.worlds import a_posting, coins
from wallet.gift.operations import claim_gift
from wallet.holders.models import Holder, User
from wallet.holders.queries import main_of
from wallet.holders.rules import opaque_id

REASON = "工单 1234：少了 50 币"


@pytest.fixture
def staff(db: None) -> Client:
    given.open_ledger_today()
    client = Client()
    client.force_login(User.objects.create_superuser("+8613900000001"))
    return client


def search(client: Client, text: str, *, reason: str = "", day: str = "") -> str:
    """Return where a search leads, or the page it shows."""
    answer = client.post(reverse("audit_search"), {"q": text, "reason": reason, "day": day})
    return answer.headers.get("Location") or answer.content.decode()


def reason_for(client: Client, holder: Holder) -> None:
    url = reverse("audit_reason", args=["holder", holder.pk])
    assert client.post(url, {"reason": REASON}).status_code == 302


def person(holder: Holder) -> str:
    return reverse("audit_person", args=[holder.pk])


@pytest.mark.parametrize("typed", ["{0}", "+86 {0}", "0086{0}"])
def test_a_phone_leads_to_its_holder_for_a_reason(staff: Client, typed: str) -> None:
    holder = given.a_holder(now=timezone.now())
    msisdn = holder.numbers.get().msisdn
    typed = typed.format(msisdn)
    refused = staff.post(reverse("audit_search"), {"q": typed})
    assert refused.status_code == 422
    assert msisdn not in refused.content.decode().replace(f'value="{typed}"', "")
    assert Look.objects.count() == 0
    assert search(staff, typed, reason=REASON, day="2026-11-03") == (
        f"{person(holder)}?day=2026-11-03"
    )
    assert staff.get(person(holder)).status_code == 200
    kinds = Look.objects.order_by("id").values_list("kind", "subject", "reason")
    masked = f"phone/{msisdn[:3]}****{msisdn[-4:]}"
    assert list(kinds) == [
        ("reason", masked, REASON),
        ("reason", f"holder/{holder.pk}", REASON),
        ("search", masked, REASON),
        ("timeline", f"holder/{holder.pk}", REASON),
    ]


def test_a_phone_nobody_has_is_written_down_too(staff: Client) -> None:
    assert "没有找到" in search(staff, "13800009999", reason=REASON)
    assert Look.objects.filter(kind=Look.Kind.SEARCH, subject="phone/138****9999").exists()


def test_ids_lead_to_their_things(staff: Client) -> None:
    gift = given.a_gift_now()
    at = reverse("audit_address", args=[f"gift/{gift.pk}"])
    assert search(staff, opaque_id("gft", gift.pk)) == at
    assert search(staff, f" gift/{str(gift.pk)[:8]}") == at
    # A raw id names the gift and, being the posting's as well, the transaction.
    both = search(staff, str(gift.pk))
    assert at in both
    assert reverse("admin:ledger_transaction_change", args=[gift.pk]) in both
    assert search(staff, opaque_id("txn", gift.pk)) == reverse(
        "admin:ledger_transaction_change", args=[gift.pk]
    )
    assert search(staff, opaque_id("hld", gift.sender_id)) == person(gift.sender)


@pytest.mark.parametrize("text", ["gft_x", str(uuid4()), "gift/zzz", "50 币", "%/%", "\\/"])
def test_what_names_nothing_finds_nothing(staff: Client, text: str) -> None:
    given.a_gift_now()
    assert "没有找到" in search(staff, text)


@pytest.mark.parametrize(
    "address",
    ["holder/x", "gift/x", "gift/", "nobody/1", "carrier/ZZ/payable", "system/no", "line/1"],
)
def test_addresses_of_nothing_are_not_found(staff: Client, address: str) -> None:
    assert staff.get(f"/admin/desk/at/{address}/").status_code == 404


def test_a_person_is_seen_for_a_reason_that_lasts_half_an_hour(staff: Client) -> None:
    holder = given.a_holder(coins=5, now=timezone.now())
    asked = staff.get(person(holder))
    assert asked.status_code == 302
    assert asked["Location"].startswith(reverse("audit_reason", args=["holder", holder.pk]))
    assert staff.post(asked["Location"], {"reason": "不"}).status_code == 422
    assert staff.post(asked["Location"], {"reason": REASON})["Location"] == person(holder)
    assert main_of(holder) in staff.get(person(holder)).content.decode()
    other = given.a_holder(now=timezone.now())
    assert staff.get(person(other)).status_code == 302


def test_reasons_are_personal_and_lapse(db: None, now: datetime) -> None:
    given.open_ledger_today()
    subject = f"holder/{uuid4()}"
    with pytest.raises(ReasonMissing):
        note_look(by="admin/a", kind=Look.Kind.TIMELINE, subject=subject, now=now)
    with pytest.raises(ReasonMissing):
        give_reason(by="admin/a", subject=subject, reason="  x  ", now=now)
    give_reason(by="admin/a", subject=subject, reason=REASON, now=now)
    later = now + timedelta(minutes=29)
    assert note_look(by="admin/a", kind=Look.Kind.TIMELINE, subject=subject, now=later).reason
    for by, at in (("admin/a", now + timedelta(minutes=31)), ("admin/b", later)):
        with pytest.raises(ReasonMissing):
            note_look(by=by, kind=Look.Kind.TIMELINE, subject=subject, now=at)


def test_a_reason_leads_nowhere_else(staff: Client) -> None:
    holder = given.a_holder(now=timezone.now())
    url = reverse("audit_reason", args=["holder", holder.pk])
    answer = staff.post(f"{url}?next=https://elsewhere.example/", {"reason": REASON})
    assert answer["Location"] == reverse("audit_personal", args=["holder", holder.pk])


def test_whole_numbers_are_shown_for_a_reason_only(staff: Client) -> None:
    holder = given.a_holder(now=timezone.now())
    msisdn = holder.numbers.get().msisdn
    reason_for(staff, holder)
    assert msisdn not in staff.get(person(holder)).content.decode()
    shown = staff.get(reverse("audit_personal", args=["holder", holder.pk]))
    assert msisdn in shown.content.decode()
    look = Look.objects.latest("id")
    assert (look.kind, look.subject) == (Look.Kind.PERSONAL, f"holder/{holder.pk}")
    assert "no-store" in shown["Cache-Control"]


def test_a_timeline_has_the_wallet_and_everything_set_aside(staff: Client) -> None:
    now = timezone.now()
    holder = given.a_holder(coins=300, now=now)
    gift = given.a_gift(sender=holder, coins=50, now=now)
    claim_gift(gift=gift, claimer=given.a_holder(now=now), now=now)
    earning = given.an_earning(holder=holder, now=now)
    reason_for(staff, holder)
    found = timeline_of(holder.pk, asked=Asked(), now=now)
    moved = [(line.kind, line.address.split("/")[0], line.amount) for line in found.lines]
    assert sorted(moved) == [
        ("correction", "holder", 300),
        ("gift_claim", "gift", -50),
        ("gift_send", "gift", 50),
        ("gift_send", "holder", -50),
        ("task_start", "earning", 100),
    ]
    assert [line.kind for line in found.lines][::4] == ["task_start", "correction"]
    page = staff.get(person(holder)).content.decode()
    assert f"gift/{gift.pk}" in page
    assert f"earning/{earning.pk}" in page
    asked = Asked(amount=50)
    assert len(timeline_of(holder.pk, asked=asked, now=now).lines) == 3
    yesterday = Asked(day=(now - timedelta(days=1)).date())
    assert timeline_of(holder.pk, asked=yesterday, now=now).lines == []


def test_a_timeline_is_read_page_by_page_across_months(db: None, now: datetime) -> None:
    early = now.replace(month=7)
    given.open_ledger(now=early)
    holder = given.a_holder(now=early)
    for at in (early, now):
        for _ in range(70):
            post(a_posting(*coins(1, "issuer/CT", main_of(holder)), at=at))
    seen: list[int] = []
    asked: Asked | None = Asked()
    pages = 0
    while asked is not None:
        page = timeline_of(holder.pk, asked=asked, now=now)
        seen += [line.id for line in page.lines]
        asked = Asked(below=page.below) if page.below else None
        pages += 1
    mine = Entry.objects.filter(account__address=main_of(holder)).order_by("-month", "-id")
    assert (pages, seen) == (3, list(mine.values_list("id", flat=True)))
    day = Asked(day=early.date())
    assert {line.month for line in timeline_of(holder.pk, asked=day, now=now).lines} == {
        month_of(early)
    }


def test_a_page_of_a_timeline_reads_no_more_than_a_page(db: None, now: datetime) -> None:
    given.open_ledger(now=now)
    holder = given.a_holder(now=now)
    for _ in range(200):
        post(a_posting(*coins(1, "issuer/CT", main_of(holder)), at=now))
    parameters: dict[str, Any] = {
        "accounts": [account_id(address=main_of(holder), asset="COIN")],
        "month": month_of(now),
        "below": 2**62,
        "amount": None,
        "rows": LINES_SHOWN + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # the table is small
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {TIMELINE}", parameters)
        plan = cursor.fetchone()[0][0]["Plan"]
    reads = [node for node in nodes_of(plan) if "ledger_entry" in node.get("Relation Name", "")]
    assert reads
    assert max(node["Actual Rows"] for node in reads) <= LINES_SHOWN + 1


def nodes_of(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a plan's nodes, it included."""
    return [plan, *(node for inner in plan.get("Plans", ()) for node in nodes_of(inner))]


@pytest.mark.parametrize("below", ["x", "2026-11/x", "2026-13/1", "2026-11/-1", f"2026-11/{2**70}"])
def test_a_strange_place_is_the_newest(staff: Client, below: str) -> None:
    gift = given.a_gift_now()
    url = reverse("audit_address", args=[f"gift/{gift.pk}"])
    assert "gift_send" in staff.get(url, {"below": below}).content.decode()


def test_carriers_and_the_systems_accounts_say_what_they_are(staff: Client) -> None:
    gift = given.a_gift_now()
    sent = Transaction.objects.get(pk=gift.pk)
    funding = Transaction.objects.exclude(pk=gift.pk).get()
    url = reverse("admin:ledger_transaction_change", args=[funding.pk])
    said = {
        "zh-CN": ("系统账户：expired", "是什么: 过了月份还剩下的", "个人 hld_", "开立时间: "),
        "en": (
            "System: expired",
            "What it is: what was left over past",
            "Person hld_",
            "Opened at: ",
        ),
    }
    for language, words in said.items():
        shown = staff.get(url, headers={"accept-language": language}).content.decode()
        assert [each for each in words if each not in shown] == []
    assert sent.kind == "gift_send"


def test_the_trial_balance_sums_to_zero_asset_by_asset(staff: Client) -> None:
    given.a_gift_now(coins=77)
    page = staff.get(reverse("audit_trial")).content.decode()
    assert "合计为零" in page
    assert "合计不为零" not in page
    assert staff.get(reverse("audit_trial"), {"month": "1999-01"}).status_code == 404


def test_looks_are_only_ever_added(own_database: str, now: datetime) -> None:
    give_reason(by="admin/a", subject="holder/x", reason=REASON, now=now)
    for sql in (
        "UPDATE ledger_look SET reason = ''",
        "DELETE FROM ledger_look",
        "TRUNCATE ledger_look",
    ):
        for alias, said in (("default", "permission denied"), ("owner", "append-only")):
            with pytest.raises(DatabaseError, match=said):
                with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
                    cursor.execute(sql)


def test_the_desk_is_closed_to_others_of_the_staff(db: None) -> None:
    given.open_ledger_today()
    clerk = Client()
    clerk.force_login(User.objects.create_user("+8613900000002", is_staff=True))
    for url in (
        reverse("audit_search"),
        reverse("audit_trial"),
        reverse("audit_person", args=[uuid4()]),
        reverse("audit_address", args=["system/sold"]),
    ):
        assert clerk.get(url).status_code == 403
        assert Client().get(url).status_code == 302
    assert clerk.get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize("typed", ["138 0000 9998", "+86-138-0000-9998", "(138)00009998"])
def test_a_search_is_kept_masked_however_it_was_typed(staff: Client, typed: str) -> None:
    search(staff, typed, reason=REASON)
    assert Look.objects.get(kind=Look.Kind.SEARCH).subject == "phone/138****9998"
