"""Set coins aside and instruct a partner to deliver what they buy."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.operations import post
from ledger.rules import COIN, derived_id
from wallet.catalog.models import Product, Purchase
from wallet.catalog.operations.limits import (
    ProductNotOffered,
    refuse_points_limit,
    refuse_price,
    refuse_unsold,
)
from wallet.catalog.operations.orders import bought_before, checked_wish, ordered, setting_aside
from wallet.catalog.queries import product_of
from wallet.holders.models import Holder
from wallet.holders.operations import lock_holder, refuse_frozen, refuse_short, refuse_unproved
from wallet.holders.queries import main_of


@transaction.atomic
def buy_product(
    *,
    holder: Holder,
    product: Product,
    count: int,
    coins: int,
    msisdn: str,
    key: UUID,
    now: datetime,
) -> Purchase:
    """Set coins aside for so many of a product, for any number, and return the purchase.

    `coins` is the price of all of it as it was shown. Asked again with the same key, the first
    purchase comes back.

    Raises:
        BadAmount, MsisdnUnreadable: what was asked can be delivered nowhere.
        KeyReused: the key already names a different purchase.
        HolderFrozen: the holder may move nothing.
        KindSwitchedOff, ProductNotOffered: it is not on sale.
        PriceChanged: the price is not the one shown.
        NotProved: a number of the holder may have a new owner.
        PointsLimitPassed: a day does not allow so many points.
        NotEnoughCoins: the holder has fewer coins than asked.
    """
    wanted = checked_wish(
        purchase_id=derived_id(holder.pk, "buy_product", key),
        product=product,
        count=count,
        coins=coins,
        msisdn=msisdn,
    )
    if before := bought_before(wanted):
        return before
    held = lock_holder(holder)
    if before := bought_before(wanted):
        return before
    refuse_frozen(held)
    sold = product_of(product_id=product.pk)
    if sold.gives_coins:
        raise ProductNotOffered("This is paid for in points.")
    refuse_unsold(product=sold, now=now)
    refuse_price(product=sold, count=count, coins=coins, now=now)
    refuse_points_limit(holder=held, product=sold, coins=coins, now=now)
    refuse_unproved(holder=held, coins=coins, now=now)
    refuse_short(address=main_of(held), asset=COIN, amount=coins)
    row = ordered(wanted=wanted, holder=held, product=sold, now=now)
    post(setting_aside(row=row, kind="purchase", source=main_of(held), now=now))
    return row
