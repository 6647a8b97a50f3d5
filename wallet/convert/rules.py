"""Conversions' arithmetic: what may be delivered, and to whom."""

from datetime import date

from ledger.rules import Goods, goods_of, monthly_asset

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


def in_month(goods: Goods, *, month: date) -> str:
    """Return the asset of the same goods of the same carrier in another month."""
    return monthly_asset(goods=goods.goods, carrier=goods.carrier, month=month)
