"""C6: coins buy four kinds of goods behind one adaptor, points in and out, refunds by themselves."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from rest_framework.test import APIClient

from ledger.queries import coins_in
from ledger.rules import SHANGHAI
from tests import given
from tests.given_catalog import CODE, Market, a_market, a_partner, stocked, switch, switch_all_on
from tests.wallet.carriers.simulators import PATIENT
from tests.wallet.catalog.world import broken_proofs
from wallet.carriers.adaptors.contract import Adaptor
from wallet.catalog.adaptors.tmf622 import Tmf622Adaptor
from wallet.catalog.models import Product, Purchase
from wallet.catalog.rules import merchant_payable
from wallet.holders.models import Holder
from wallet.holders.queries import main_of
from wallet.holders.rules import opaque_id
from wallet.merchants.rules import merchant_budget

ALL_KINDS = {
    "content": "music-month",
    "airtime": "airtime-10",
    "points": "points-100",
    "mall": "umbrella",
}
CARRIERS = ["CT", "CU", "CM", "MV"]


@pytest.fixture
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    # Doors read the clock; the partner and the sweeps of these tests play this one.
    monkeypatch.setattr("django.utils.timezone.now", lambda: given.NOW)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_clock")]


def on_sale(client: APIClient) -> dict[str, dict[str, object]]:
    """Return what the API shows on sale, by its Chinese name."""
    return {row["name_zh"]: row for row in client.get("/api/v1/catalog").json()}


def order(client: APIClient, sku: str, *, count: int = 1, msisdn: str = "") -> httpx.Response:
    """Buy over the API at the price on the shelf, for a number nobody has unless told."""
    product = Product.objects.get(sku=sku)
    asked = {
        "product": opaque_id("prd", product.pk),
        "count": count,
        "coins": product.coins * count,
        "msisdn": msisdn or given.an_msisdn(),
    }
    key = {"Idempotency-Key": str(uuid4())}
    return client.post("/api/v1/purchases", asked, format="json", headers=key)  # type: ignore[return-value]


def state(client: APIClient, bought: httpx.Response) -> str:
    return str(client.get(f"/api/v1/purchases/{bought.json()['id']}").json()["state"])


def worth(holder: Holder, market: Market) -> tuple[int, int, int]:
    """Return the holder's coins, what the partner earned, what it has left for points."""
    merchant = market.partner.merchant_id
    return (
        coins_in(main_of(holder)),
        coins_in(merchant_payable(merchant)),
        coins_in(merchant_budget(merchant)),
    )


@pytest.mark.parametrize("carrier", CARRIERS)
def test_four_kinds_are_bought_behind_one_adaptor(carrier: str) -> None:
    switch_all_on()
    holder = given.a_holder(coins=1_000, carrier=carrier)
    client, number = given.client_of(holder), holder.numbers.get().msisdn
    with a_market() as market:
        assert {row["kind"] for row in on_sale(client).values()} == set(ALL_KINDS)
        bought = [order(client, sku, msisdn=number) for sku in ALL_KINDS.values()]
        assert [one.status_code for one in bought] == [202] * 4
        market.serve()
        assert {state(client, one) for one in bought} == {"delivered"}
        assert worth(holder, market) == (1_000 - 572, 572, 0)
        lines = list(market.adaptor.statement(day=market.now.date()).lines)
    assert {(one.msisdn, one.product, one.mb) for one in lines} == {
        (number, sku, 1) for sku in ALL_KINDS.values()
    }
    assert broken_proofs() == []


def test_points_come_in_and_go_out() -> None:
    switch_all_on()
    holder = given.a_holder(coins=100)
    client, number = given.client_of(holder), holder.numbers.get().msisdn
    with a_market(coins=60) as market:
        out = order(client, "points-100", count=2, msisdn=number)
        coming = order(client, "points-100-in", count=5, msisdn=number)
        assert worth(holder, market) == (76, 0, 20)
        market.serve()
        assert (state(client, out), state(client, coming)) == ("delivered", "delivered")
        assert worth(holder, market) == (116, 24, 20)
        over = order(client, "points-100-in", count=3, msisdn=number)
        assert over.json()["code"] == "partner_budget_spent"
    assert broken_proofs() == []


@pytest.mark.parametrize(
    ("sku", "coins"), [("points-100", 1_000), ("points-100-in", 1_000)], ids=["out", "in"]
)
def test_points_are_capped_a_day(sku: str, coins: int) -> None:
    switch_all_on()
    holder = given.a_holder(coins=3_000)
    client, number = given.client_of(holder), holder.numbers.get().msisdn
    with a_market(coins=3_000):
        answers = [order(client, sku, count=20, msisdn=number) for _ in range(8)]
    codes = [one.json().get("code", "taken") for one in answers]
    assert set(codes) == {"taken", "points_limit_passed"}
    taken = sum(row.coins for row in Purchase.objects.all())
    assert coins - 240 < taken <= coins


def test_a_failed_delivery_refunds_by_itself() -> None:
    holder = given.a_holder(coins=100)
    client = given.client_of(holder)
    with a_market("--sold-out", "music-month") as market:
        bought = order(client, "music-month")
        assert worth(holder, market) == (70, 0, 0)
        market.serve()
        assert state(client, bought) == "refunded"
        assert worth(holder, market) == (100, 0, 0)
    inbox = client.get("/inbox/").content.decode()
    assert "已退回 30 币" in inbox


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_each_kind_is_switched_by_policy(kind: str) -> None:
    holder = given.a_holder(coins=1_000)
    client = given.client_of(holder)
    stocked(a_partner(coins=100))
    sku = ALL_KINDS[kind]
    # Only content is sold before anybody decides.
    assert order(client, sku).status_code == (202 if kind == "content" else 409)
    switch(kind, on=False)
    switched_off = order(client, sku)
    assert (switched_off.status_code, switched_off.json()["code"]) == (409, "kind_switched_off")
    assert kind not in {row["kind"] for row in on_sale(client).values()}
    if kind == "points":
        number = holder.numbers.get().msisdn
        assert order(client, "points-100-in", msisdn=number).json()["code"] == "kind_switched_off"


@pytest.mark.parametrize("kind", ["airtime", "points", "mall"])
def test_a_kind_switched_on_is_sold(kind: str) -> None:
    holder = given.a_holder(coins=1_000)
    client = given.client_of(holder)
    stocked(a_partner())
    switch(kind)
    assert kind in {row["kind"] for row in on_sale(client).values()}
    assert order(client, ALL_KINDS[kind]).status_code == 202


@contextmanager
def a_process(*options: str) -> Iterator[str]:
    """Run the simulator as its own program; yield its address, kill it at the end."""
    command = [sys.executable, "-m", "wallet.catalog.simulator", "--partner", CODE, "--port", "0"]
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def test_the_simulator_is_a_real_server_with_the_carriers_faults(tmp_path: Path) -> None:
    kept = ("--state", str(tmp_path / "shop.sqlite3"), "--timeout-after-apply", "1")
    buying = {"msisdn": "13800000001", "mb": 1, "month": given.MONTH, "product": "music-month"}
    with a_process(*kept, "--hang-ms", "0") as url:
        shelf = httpx.get(f"{url}/tmf-api/productCatalogManagement/v4/productOffering")
        assert {each["category"][0]["id"] for each in json.loads(shelf.content)} == set(ALL_KINDS)
        with closing(Tmf622Adaptor(carrier=CODE, base_url=url, limits=PATIENT)) as shop:
            partner: Adaptor = shop  # the carriers' own contract
            assert partner.submit(ref="one", **buying).outcome == "unknown"  # type: ignore[arg-type]
            assert partner.status(ref="one").outcome == "delivered"
    # What was applied survived the kill, under the same reference.
    with (
        a_process(*kept, "--down") as url,
        closing(Tmf622Adaptor(carrier=CODE, base_url=url, limits=PATIENT)) as shop,
    ):
        assert shop.status(ref="one").outcome == "unknown"
    with (
        a_process(*kept[:2]) as url,
        closing(Tmf622Adaptor(carrier=CODE, base_url=url, limits=PATIENT)) as shop,
    ):
        assert shop.status(ref="one").outcome == "delivered"
        assert shop.submit(ref="one", **buying).outcome == "delivered"  # type: ignore[arg-type]
        today = datetime.now(SHANGHAI).date()
        booked = [
            line.ref
            for day in (today - timedelta(days=1), today)
            for line in shop.statement(day=day).lines
        ]
    assert booked == ["one"]
