"""The catalog's pages: what is on sale, buying it, and how far it has come."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests import given
from tests.given_catalog import NOBODY, a_partner, goods, stocked, switch_all_on
from wallet.carriers.models import Carrier, Instruction
from wallet.catalog.models import Partner, Product, Purchase
from wallet.catalog.operations import settle_purchases
from wallet.catalog.tasks import fetch, fetch_all
from wallet.holders.models import Holder, User
from wallet.holders.rules import opaque_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner() -> Partner:
    now = timezone.now()
    return stocked(a_partner(coins=100, now=now), now=now)


@pytest.fixture
def holder() -> Holder:
    return given.a_holder(coins=100, now=timezone.now())


def client_of(holder: Holder, language: str = "zh-hans") -> Client:
    assert holder.user is not None
    client = Client(headers={"host": "127.0.0.1", "accept-language": language})
    client.force_login(holder.user)
    return client


def page_of(product: Product) -> str:
    return f"/convert/catalog/{opaque_id('prd', product.pk)}/"


def asked(client: Client, page: str) -> dict[str, str]:
    """Return the fields of a page's form as it was shown."""
    text = client.get(page).content.decode()
    fields = dict(re.findall(r'name="(key|price|csrfmiddlewaretoken)" value="([^"]+)"', text))
    assert set(fields) == {"key", "price", "csrfmiddlewaretoken"}
    return fields


@pytest.mark.usefixtures("partner")
@pytest.mark.parametrize(
    ("language", "music", "airtime"),
    [("zh-hans", "音乐月卡", "10 元话费"), ("en", "Music for a month", "¥10 of airtime")],
)
def test_what_is_on_sale_is_shown_with_its_price(
    holder: Holder, language: str, music: str, airtime: str
) -> None:
    text = client_of(holder, language).get("/convert/catalog/").content.decode()
    assert music in text
    assert airtime not in text
    switch_all_on(now=timezone.now())
    assert airtime in client_of(holder, language).get("/convert/catalog/").content.decode()


def test_an_empty_catalog_says_so(holder: Holder) -> None:
    assert "现在没有可以换的" in client_of(holder).get("/convert/catalog/").content.decode()


@pytest.mark.usefixtures("partner")
def test_one_buys_and_watches_it_arrive(holder: Holder) -> None:
    client, page = client_of(holder), page_of(goods("music-month"))
    sent = {**asked(client, page), "count": "2", "msisdn": holder.numbers.get().msisdn}
    answer = client.post(page, sent)
    row = Purchase.objects.get()
    where = f"/purchases/{opaque_id('pur', row.pk)}/"
    assert (answer.status_code, answer.headers["location"]) == (302, where)
    assert client.post(page, sent).headers["location"] == where
    assert Purchase.objects.count() == 1
    waiting = client.get(where).content.decode()
    assert "正在提交" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    htmx = {"hx-request": "true"}
    assert client.get(f"{where}?shown=waiting", headers=htmx).status_code == 204
    now = timezone.now()
    Instruction.objects.update(state="unknown", submitted_at=now)
    assert re.search(r"最晚 \d\d-\d\d \d\d:\d\d 有结果", client.get(where).content.decode())
    Instruction.objects.update(state="failed", reason="out_of_stock", decided_at=now)
    settle_purchases(now=now)
    ended = client.get(f"{where}?shown=unknown", headers=htmx)
    assert ended.status_code == 286
    assert "合作方没有货了。" in ended.content.decode()
    assert "音乐月卡" in client.get("/convert/catalog/").content.decode()
    inbox = client.get("/inbox/").content.decode()
    assert "已退回 60 币" in inbox
    assert where in inbox


@pytest.mark.usefixtures("partner")
def test_a_refusal_stands_beside_the_form(holder: Holder) -> None:
    client, product = client_of(holder), goods("music-month")
    page = page_of(product)
    sent = {**asked(client, page), "count": "1", "msisdn": "13800001111"}
    Product.objects.filter(pk=product.pk).update(coins=31)
    answer = client.post(page, sent)
    assert answer.status_code == 422
    assert "价格变了，现在一共是 31 币" in answer.content.decode()
    assert client.post(page, {}).status_code == 422
    assert Purchase.objects.count() == 0


@pytest.mark.usefixtures("partner")
def test_what_is_not_sold_has_no_form(holder: Holder) -> None:
    text = client_of(holder).get(page_of(goods("airtime-10"))).content.decode()
    assert "这一类现在不能换" in text
    assert '<form method="post" novalidate' not in text


@pytest.mark.usefixtures("partner")
def test_points_of_ones_own_number_become_coins(holder: Holder) -> None:
    switch_all_on(now=timezone.now())
    client, page = client_of(holder), page_of(goods("points-100-in"))
    fields = asked(client, page)
    assert f'<option value="{holder.numbers.get().msisdn}"' in client.get(page).content.decode()
    stranger = client.post(page, {**fields, "count": "1", "msisdn": given.an_msisdn()})
    assert "只能用自己号码的积分" in stranger.content.decode()
    own = client.post(page, {**fields, "count": "1", "msisdn": holder.numbers.get().msisdn})
    assert own.status_code == 302
    assert Purchase.objects.get().gives_coins


def test_strangers_see_nothing(holder: Holder, partner: Partner) -> None:
    page = page_of(partner.products.get(sku="music-month"))
    client = client_of(holder)
    sent = {**asked(client, page), "count": "1", "msisdn": holder.numbers.get().msisdn}
    where = client.post(page, sent).headers["location"]
    assert client_of(given.a_holder()).get(where).status_code == 404
    for path in ("/convert/catalog/", page, where):
        answer = Client(headers={"host": "127.0.0.1"}).get(path)
        assert (answer.status_code, "/login" in answer.headers["location"]) == (302, True)


def test_fetching_is_nudged_for_each_partner(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    nudged: list[str] = []
    monkeypatch.setattr(
        "wallet.catalog.tasks.nudge", lambda _task, *, carrier: nudged.append(carrier)
    )
    fetch_all()
    assert nudged == [partner.pk]
    Carrier.parties.filter(pk=partner.pk).update(base_url="")
    fetch_all()
    fetch(carrier=partner.pk)
    assert nudged == [partner.pk]


def test_an_admin_lets_a_partner_in_and_reads_what_is_bought(partner: Partner) -> None:
    cache.clear()
    admin = User.objects.create_superuser("+8613700137009")
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(admin)
    answer = client.post(
        "/admin/wallet/partner/add/",
        {
            "code": partner.pk,
            "name_zh": "新名",
            "name_en": "New",
            "merchant": str(partner.merchant_id),
            "base_url": NOBODY,
        },
    )
    assert answer.status_code == 302, answer.content.decode()[:2000]
    assert Carrier.parties.get(pk=partner.pk).name_en == "New"
    refused = client.post(
        "/admin/wallet/partner/add/",
        {"code": "CT", "name_zh": "x", "name_en": "x", "merchant": str(partner.merchant_id)},
    )
    assert "合作方的代码是两到四个大写字母" in refused.content.decode()
    for name in ("partner", "product", "purchase"):
        assert client.get(f"/admin/wallet/{name}/").status_code == 200
    assert client.get(f"/admin/wallet/partner/{partner.pk}/change/").status_code == 200
