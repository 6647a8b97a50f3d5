"""Conversions' arithmetic: what may be delivered, and to whom."""

from datetime import date

from ledger.rules import Goods, goods_of, monthly_asset
from wallet.carriers.adaptors.wire import MB_MAX
from wallet.holders.rules import BadAmount, checked_amount

# What is delivered to a number of its own carrier; SURPLUS is taken back instead.
DELIVERABLE = frozenset({"DATA", "VOUCHER", "DIRECT"})


def deliverable_in(asset: str) -> Goods | None:
    """Return what an asset is, if it is something to be delivered; None if not."""
    try:
        goods = goods_of(asset)
    except ValueError:
        return None
    if goods is None or goods.goods.partition("-")[0] not in DELIVERABLE:
        return None
    return goods


def checked_mb(amount: object) -> int:
    """Return an amount (MB) that a carrier can be asked for at once.

    Raises:
        BadAmount: it is no whole number from 1 on, or more than any carrier is asked for.
    """
    mb = checked_amount(amount)
    if mb > MB_MAX:
        raise BadAmount(f"A carrier is asked for at most {MB_MAX} MB at once.", most=MB_MAX)
    return mb


def product_of(goods: Goods) -> str:
    """Return what the carrier is to deliver: an app's directed data, or nothing for undirected."""
    return goods.goods.partition("-")[2]


def in_month(goods: Goods, *, month: date) -> str:
    """Return the asset of the same goods of the same carrier in another month."""
    return monthly_asset(goods=goods.goods, carrier=goods.carrier, month=month)
