"""Let partners in, fetch what they offer, buy of them, and post what they decided."""

from wallet.catalog.operations.buy import buy_product
from wallet.catalog.operations.limits import (
    KindSwitchedOff,
    NotYourNumber,
    PartnerBudgetSpent,
    PointsLimitPassed,
    PriceChanged,
    ProductNotOffered,
)
from wallet.catalog.operations.points import collect_points
from wallet.catalog.operations.settle import settle_purchases
from wallet.catalog.operations.shelves import MerchantIsPartner, fetch_products, open_partner

__all__ = [
    "KindSwitchedOff",
    "MerchantIsPartner",
    "NotYourNumber",
    "PartnerBudgetSpent",
    "PointsLimitPassed",
    "PriceChanged",
    "ProductNotOffered",
    "buy_product",
    "collect_points",
    "fetch_products",
    "open_partner",
    "settle_purchases",
]
