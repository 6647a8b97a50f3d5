"""What may be delivered, how much at once, and as what."""

import pytest

from ledger.rules import AMOUNT_MAX, goods_of
from tests.given import MONTH
from wallet.carriers.adaptors.wire import MB_MAX
from wallet.convert.rules import checked_mb, deliverable_in, in_month, product_of
from wallet.holders.rules import BadAmount


@pytest.mark.parametrize("asset", ["DATA-CT-2026-11", "VOUCHER-CU-2026-12", "DIRECT-tv-MV-2026-11"])
def test_data_vouchers_and_directed_data_are_delivered(asset: str) -> None:
    assert deliverable_in(asset) == goods_of(asset)


@pytest.mark.parametrize(
    "asset", ["COIN", "CNY", "SURPLUS-CT-2026-11", "", "DATA", "DATA-CT-2026-13", "DATA-CT-x-y"]
)
def test_nothing_else_is(asset: str) -> None:
    assert deliverable_in(asset) is None


@pytest.mark.parametrize("amount", [0, -1, True, "5", None, MB_MAX + 1, AMOUNT_MAX, 2**63])
def test_no_carrier_is_asked_for_this_much(amount: object) -> None:
    with pytest.raises(BadAmount):
        checked_mb(amount)


def test_what_a_carrier_is_asked_for() -> None:
    assert (checked_mb(1), checked_mb(MB_MAX)) == (1, MB_MAX)


@pytest.mark.parametrize(
    "asset,product",
    [("DATA-CT-2026-11", ""), ("VOUCHER-CT-2026-11", ""), ("DIRECT-tv-CT-2026-11", "tv")],
)
def test_directed_data_is_delivered_as_its_apps(asset: str, product: str) -> None:
    goods = goods_of(asset)
    assert goods is not None
    assert product_of(goods) == product


def test_the_same_goods_in_another_month() -> None:
    goods = goods_of("DIRECT-tv-CT-2026-10")
    assert goods is not None
    assert in_month(goods, month=MONTH) == "DIRECT-tv-CT-2026-11"
