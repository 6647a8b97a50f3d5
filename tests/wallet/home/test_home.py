"""The home page: what I have, what waits, what happened."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ledger.models import TransactionKind
from ledger.rules import month_of
from tests import given
from wallet.carriers.models import Usage
from wallet.holders.models import Holder, Member, TextMessage
from wallet.holders.operations import add_member, freeze_holder, tell
from wallet.holders.queries import numbers_of
from wallet.home.sentences import has_kind

pytestmark = pytest.mark.django_db
# Kinds which move nothing of a subscriber's wallet or lines.
NEVER_ON_A_WALLET = {
    "coins_given_up",
    "campaign_funding",
    "clearing",
    "merchant_funding",
    "merchant_invoice",
    "convert_delivered",
    "data_delivery_done",
    "points_in",
    "points_in_returned",
    "purchase_delivered",
    "purchase_order",
    "refund_paid",
    "sponsor_invoice",
    "take_back_done",
    "task_lapse",
    "task_start",
}


def _client(holder: Holder, language: str = "zh-hans") -> Client:
    assert holder.user is not None
    client = Client(headers={"host": "127.0.0.1", "accept-language": language})
    client.force_login(holder.user)
    return client


def _text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_a_stranger_is_welcomed() -> None:
    page = _text(Client(headers={"host": "127.0.0.1"}), "/")
    assert "用手机号登录" in page


def test_an_empty_wallet_says_so_in_both_languages() -> None:
    holder = given.a_holder(now=timezone.now())
    assert "没有留出的币和流量。" in _text(_client(holder), "/")
    assert "Nothing is set aside." in _text(_client(holder, "en"), "/")


def test_coins_and_goods_are_shown_earliest_expiry_first() -> None:
    now = timezone.now()
    holder = given.a_holder(coins=12_345, now=now)
    given.give_data(holder, 300, goods="VOUCHER", month=month_of(now), now=now)
    given.give_data(holder, 700, month=month_of(now), now=now)
    page = _text(_client(holder), "/")
    assert "12,345 币" in page
    assert "更正（增加）" in page
    assert page.index("电信流量") < page.index("电信流量券")


def test_packages_show_what_is_left_and_what_was_deposited() -> None:
    now = timezone.now()
    holder = given.a_holder(now=now)
    number = numbers_of(holder)[0]
    Usage.objects.create(
        msisdn=number.msisdn,
        carrier=number.carrier,
        province="广东",
        month=month_of(now),
        package="national",
        kind="national",
        allowance_mb=10_240,
        used_mb=4_096,
        as_of=now,
    )
    given.give_surplus(number, 1_000, month=month_of(now), now=now)
    page = _text(_client(holder, "en"), "/")
    assert "6,144 MB left" in page
    assert "1,000 MB" in page


def test_home_reads_a_handful_of_times(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    now = timezone.now()
    holder = given.a_holder(coins=100, now=now)
    for _ in range(4):
        given.a_number(holder, now=now)
    client = _client(holder)
    client.get("/")
    with django_assert_max_num_queries(24):
        client.get("/")


def test_a_clerk_without_a_wallet_is_sent_to_the_own_page() -> None:
    clerk = given.a_user()
    add_member(organisation=given.an_organisation(), user=clerk, role=Member.Role.MANAGER)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(clerk)
    assert client.get("/").headers["location"] == "/me/"
    page = _text(client, "/me/")
    assert "这个登录没有个人钱包。" in page
    assert "经办人" in page


def test_my_page_says_that_i_am_frozen() -> None:
    holder = given.a_holder()
    freeze_holder(holder=holder, now=given.NOW)
    assert "账户已被冻结" in _text(_client(holder), "/me/")


def test_inbox_is_read_once_told() -> None:
    holder = given.a_holder()
    told_at = timezone.now() - timedelta(minutes=1)
    tell(holder=holder, kind="nothing_known", subject_id=holder.pk, now=told_at)
    client = _client(holder)
    assert "新消息：1" in _text(client, "/")
    assert "全部标为已读" in _text(client, "/inbox/")
    assert client.post("/inbox/").status_code == 302
    assert "全部标为已读" not in _text(client, "/inbox/")


def test_numbers_in_messages_are_grouped() -> None:
    now = timezone.now() - timedelta(minutes=1)
    holder = given.a_holder(now=now)
    facts: dict[str, str | int | None] = {"mb": 5_342}
    tell(holder=holder, kind="data_rolled", subject_id=holder.pk, facts=facts, now=now)
    assert "得到 5,342 MB 流量券" in _text(_client(holder), "/inbox/")


def test_texts_are_shown_in_the_demo_only(settings: object) -> None:
    TextMessage.objects.create(phone="+8613800138000", body="123456", sent_at=given.NOW)
    client = Client(headers={"host": "127.0.0.1"})
    settings.DEMO = False  # type: ignore[attr-defined]
    assert client.get("/demo/inbox/").status_code == 404
    settings.DEMO = True  # type: ignore[attr-defined]
    assert "123456" in _text(client, "/demo/inbox/?phone=8000")
    assert "123456" not in _text(client, "/demo/inbox/?phone=9999")


@pytest.mark.parametrize("path", ["/history/", "/history.csv", "/inbox/", "/me/"])
def test_whoever_is_not_signed_in_is_asked_to(path: str) -> None:
    answer = Client(headers={"host": "127.0.0.1"}).get(path)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/account/login/")


def test_every_kind_of_a_wallets_entries_has_its_sentences() -> None:
    kinds = set(TransactionKind.objects.values_list("name", flat=True))
    assert kinds > NEVER_ON_A_WALLET
    assert {kind for kind in kinds - NEVER_ON_A_WALLET if not has_kind(kind)} == set()
