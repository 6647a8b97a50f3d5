"""A partner's adaptor: one contract with the carriers', and never a guess about what happened."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import httpx
import pytest

from tests.given_catalog import CODE, a_simulated_partner
from tests.wallet.carriers.simulators import MONTH, NOON, PATIENT, SHORT, PlayedClock
from wallet.carriers.adaptors.contract import Adaptor, CarrierUnavailable, LineKind
from wallet.carriers.adaptors.wire import Unreadable
from wallet.catalog.adaptors.reading import answer_in, line_in, offer_in
from wallet.catalog.adaptors.tmf622 import Tmf622Adaptor
from wallet.catalog.adaptors.wire import BASE_PATH, OFFERING_PATH, item
from wallet.catalog.simulator.goods import SHELF

NUMBER = "18900000001"


def speaking(url: str, *, clock: PlayedClock | None = None) -> Tmf622Adaptor:
    """Return an adaptor that a time-out may be waited for with."""
    return Tmf622Adaptor(carrier=CODE, base_url=url, limits=PATIENT, clock=clock or PlayedClock())


@pytest.fixture
def shop() -> Iterator[Tmf622Adaptor]:
    with a_simulated_partner() as url, closing(speaking(url)) as adaptor:
        yield adaptor


def submit(adaptor: Adaptor, *, ref: str = "p1", product: str = "music-month", mb: int = 1) -> str:
    """Submit, and return the outcome and its reason in one text."""
    answer = adaptor.submit(ref=ref, msisdn=NUMBER, mb=mb, month=MONTH, product=product)
    return f"{answer.outcome} {answer.reason}".strip()


def move(adaptor: Adaptor, name: str, *, ref: str, mb: int) -> str:
    """Deduct or restore points, and return the outcome and its reason in one text."""
    moved = getattr(adaptor, name)(
        ref=ref, msisdn=NUMBER, package="points-100-in", month=MONTH, mb=mb
    )
    return f"{moved.outcome} {moved.reason}".strip()


def test_it_lists_four_kinds_with_prices_in_coins(shop: Tmf622Adaptor) -> None:
    offers = {offer.id: offer for offer in shop.offers()}
    assert set(offers) == set(SHELF)
    assert {offer.kind.value for offer in offers.values()} == {
        "content",
        "airtime",
        "points",
        "mall",
    }
    music, points = offers["music-month"], offers["points-100-in"]
    assert (music.name, music.name_en, music.coins, music.gives_coins) == (
        "音乐月卡",
        "Music for a month",
        30,
        False,
    )
    assert (points.coins, points.gives_coins) == (8, True)
    assert points.id not in {product.id for product in shop.products()}


def test_the_same_reference_is_done_once(shop: Tmf622Adaptor) -> None:
    assert [submit(shop), submit(shop)] == ["delivered", "delivered"]
    assert submit(shop, mb=2) == "unknown duplicate"
    lines = list(shop.statement(day=NOON.date()).lines)
    assert [(one.ref, one.product, one.mb, one.kind, one.month) for one in lines] == [
        ("p1", "music-month", 1, LineKind.DELIVERED, None)
    ]


def test_points_go_and_come_back(shop: Tmf622Adaptor) -> None:
    assert move(shop, "deduct", ref="d1", mb=10) == "delivered"
    assert move(shop, "deduct", ref="d2", mb=1) == "failed points_short"
    assert move(shop, "restore", ref="r1", mb=1) == "delivered"
    assert move(shop, "deduct", ref="d3", mb=1) == "delivered"
    assert submit(shop, ref="o1", product="points-100") == "delivered"
    kinds = [one.kind for one in shop.statement(day=NOON.date()).lines]
    assert sorted(kinds) == ["deducted", "deducted", "delivered", "restored"]


def test_what_is_not_on_the_shelf_is_refused(shop: Tmf622Adaptor) -> None:
    assert submit(shop, product="gold") == "failed no_such_offering"
    assert submit(shop, ref="p2", product="") == "failed product_not_sold"
    assert submit(shop, ref="p3", product="points-100-in") == "failed no_such_offering"
    assert shop.status(ref="nobody").outcome == "unknown"
    assert shop.remainder(msisdn=NUMBER, month=MONTH) == []
    assert shop.detect(msisdn=NUMBER).quality == "prefix"


@pytest.mark.parametrize(
    ("fault", "first", "later"),
    [
        (("--timeout-after-apply", "1", "--hang-ms", "0"), "unknown not_answered", "delivered"),
        (("--duplicate", "1"), "unknown duplicate", "delivered"),
        (("--down",), "unknown carrier_error", "unknown"),
        (("--does-not-sell",), "failed does_not_sell", "failed"),
        (("--processing-ms", "60000"), "processing", "processing"),
        (("--sold-out", "music-month"), "failed out_of_stock", "failed"),
    ],
)
def test_faults_are_never_taken_for_failures(
    fault: tuple[str, ...], first: str, later: str
) -> None:
    with a_simulated_partner(*fault) as url, closing(speaking(url)) as adaptor:
        assert submit(adaptor) == first
        assert adaptor.status(ref="p1").outcome == later


def test_nobody_there_is_not_sent() -> None:
    with closing(Tmf622Adaptor(carrier=CODE, base_url="http://127.0.0.1:1", limits=SHORT)) as gone:
        assert submit(gone) == "unknown not_sent"
        assert gone.status(ref="p1").reason == "not_answered"
        with pytest.raises(CarrierUnavailable):
            gone.offers()
        with pytest.raises(CarrierUnavailable):
            gone.statement(day=date(2026, 11, 12))


def test_what_was_done_survives_the_process(tmp_path: Path) -> None:
    kept = ("--state", str(tmp_path / "shop.sqlite3"))
    with a_simulated_partner(*kept) as url, closing(speaking(url)) as adaptor:
        assert submit(adaptor) == "delivered"
    clock = PlayedClock()
    with a_simulated_partner(*kept) as url, closing(speaking(url, clock=clock)) as adaptor:
        assert adaptor.status(ref="p1").outcome == "delivered"
        assert adaptor.statement(day=clock.at.date()).final is False


def test_requests_that_mean_nothing_are_refused() -> None:
    with a_simulated_partner() as url:
        base = f"{url}{BASE_PATH}"
        ordering = f"{base}/productOrderingManagement/v4/productOrder"
        assert httpx.get(f"{base}/nothing").status_code == 404
        assert httpx.get(f"{url}/elsewhere").status_code == 404
        assert httpx.put(f"{base}{OFFERING_PATH}").status_code == 501
        assert httpx.get(ordering, params={"state": "failed"}).status_code == 400
        for body in (
            {},
            {"externalId": "x", "productOrderItem": [item(offering="a", count=0, does="Delivery")]},
            {
                "externalId": "x",
                "relatedParty": [{"id": "12"}],
                "productOrderItem": [item(offering="a", count=1, does="Delivery")],
            },
        ):
            answer = httpx.post(ordering, content=json.dumps(body))
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


ORDER = {
    "externalId": "r",
    "state": "completed",
    "productOrderItem": [item(offering="music-month", count=2, does="Delivery")],
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"externalId": "other"},
        {"state": "partial"},
        {"state": 7},
        {"productOrderItem": []},
        {"productOrderItem": [ORDER["productOrderItem"], ORDER["productOrderItem"]]},
        {"productOrderItem": [item(offering="x", count=0, does="Delivery")]},
        {
            "productOrderItem": [
                {**item(offering="x", count=1, does="Delivery"), "action": "delete"}
            ]
        },
    ],
)
def test_an_answer_that_cannot_be_read_decides_nothing(wrong: dict[str, object]) -> None:
    assert answer_in(ref="r", record=ORDER).mb == 2
    with pytest.raises(Unreadable):
        answer_in(ref="r", record={**ORDER, **wrong})


def test_a_line_without_its_date_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        line_in({**ORDER, "id": "1", "relatedParty": [{"id": NUMBER}]})


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"id": "x" * 33},
        {"productOfferingPrice": [{"price": {"unit": "CNY", "value": 1}}]},
        {"productOfferingPrice": [{"price": {"unit": "COIN", "value": 0}}]},
        {"productOfferingPrice": [{"priceType": "payout", "price": {"unit": "COIN", "value": 9}}]},
    ],
)
def test_an_offer_of_ours_that_cannot_be_read_is_said(wrong: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        offer_in({**SHELF["music-month"].record(), **wrong})


def test_what_is_not_ours_to_show_is_left_out() -> None:
    record = SHELF["music-month"].record()
    assert offer_in({**record, "category": [{"id": "gambling"}]}) is None
    assert offer_in({**record, "lifecycleStatus": "Retired"}) is None
