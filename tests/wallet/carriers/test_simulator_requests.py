"""Requests to the simulator that no adaptor of ours would send."""

import json

import httpx
import pytest

from tests.wallet.carriers.simulators import MONTH, NUMBER, a_simulator
from wallet.carriers.adaptors import wire


def order(**changed: object) -> dict[str, object]:
    return {
        "amount": {"amount": 5, "units": "MB"},
        "bucket": {"id": f"{NUMBER}-2026-11-topup"},
        "logicalResource": [{"id": NUMBER}],
        "product": [{"id": "data"}],
        "requestor": {"id": "s1"},
        "usageType": "data",
        "validFor": wire.period_of(month=MONTH),
    } | changed


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        order(amount={"amount": 5.5, "units": "MB"}),
        order(amount={"amount": 5, "units": "GB"}),
        order(amount={"amount": 0, "units": "MB"}),
        order(amount={"amount": -5, "units": "MB"}),
        order(amount={"amount": 2**63, "units": "MB"}),
        order(usageType="voice"),
        order(bucket={"id": "another"}),
        order(requestor={"id": "two words"}),
        order(requestor=None),
        order(logicalResource=[]),
        order(validFor={}),
        [],
    ],
)
def test_a_malformed_order_is_refused_in_tmf654s_form(body: object) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    with a_simulator() as url:
        reply = httpx.post(f"{url}{wire.BASE_PATH}/topupBalance", content=content)
        assert (reply.status_code, reply.json()["code"]) == (400, "invalid_request")
        listed = httpx.get(
            f"{url}{wire.BASE_PATH}/balanceActionHistory", params={"requestor.id": "s1"}
        )
        assert listed.json() == []


@pytest.mark.parametrize(
    "method, path, status",
    [
        ("GET", "/", 404),
        ("GET", f"{wire.BASE_PATH}/nothing", 404),
        ("GET", f"{wire.BASE_PATH}/bucket", 400),
        ("GET", f"{wire.BASE_PATH}/bucket/none", 404),
        ("GET", f"{wire.BASE_PATH}/topupBalance/none", 404),
        ("GET", f"{wire.BASE_PATH}/balanceActionHistory?confirmationDate.lt=x", 400),
        ("DELETE", f"{wire.BASE_PATH}/topupBalance/none", 405),
        ("POST", f"{wire.BASE_PATH}/bucket", 405),
    ],
)
def test_what_it_does_not_serve_is_an_error_not_a_crash(
    method: str, path: str, status: int
) -> None:
    with a_simulator() as url:
        reply = httpx.request(method, url + path)
    assert reply.status_code == status
    assert reply.json()["status"] == str(status)


def test_a_too_long_body_is_refused_unread() -> None:
    with a_simulator() as url:
        reply = httpx.post(f"{url}{wire.BASE_PATH}/topupBalance", content=b" " * 70_000)
    assert reply.status_code == 400


def test_what_it_links_to_can_be_read() -> None:
    with a_simulator() as url:
        made = httpx.post(f"{url}{wire.BASE_PATH}/topupBalance", json=order()).json()
        for href in (made["href"], made["bucket"]["href"]):
            assert httpx.get(url + href).json()["href"] == href
