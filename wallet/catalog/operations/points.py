"""Have a partner take a member's points, and set the coins for them aside until it has."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.operations import post
from ledger.rules import derived_id
from wallet.catalog.models import Product, Purchase
from wallet.catalog.operations.limits import (
    ProductNotOffered,
    refuse_points_limit,
    refuse_price,
    refuse_spent_budget,
    refuse_strange_number,
    refuse_unsold,
)
from wallet.catalog.operations.orders import (
    Wanted,
    bought_before,
    checked_wish,
    ordered,
    setting_aside,
)
from wallet.catalog.queries import coins_on_their_way_to, product_of
from wallet.holders.models import Holder
from wallet.holders.operations import lock_holders, refuse_frozen, refuse_full_wallet
from wallet.merchants.rules import merchant_budget


@transaction.atomic
def collect_points(
    *,
    holder: Holder,
    product: Product,
    count: int,
    coins: int,
    msisdn: str,
    key: UUID,
    now: datetime,
) -> Purchase:
    """Have points of one's own number taken for coins, and return the purchase.

    The coins leave the partner's budget at once and reach the wallet when the partner proved that
    it took the points. Asked again with the same key, the first purchase comes back.

    Raises:
        BadAmount, MsisdnUnreadable: it cannot be asked.
        KeyReused: the key already names a different purchase.
        HolderFrozen: the holder, or the partner, may move nothing.
        KindSwitchedOff, ProductNotOffered: points are not taken now.
        NotYourNumber: the number is another's.
        PriceChanged: so many coins are not paid for it.
        PointsLimitPassed: a day does not allow so many coins.
        WalletFull: the holder would have more coins than its tier may hold.
        PartnerBudgetSpent: the partner has too few coins left.
    """
    wanted = checked_wish(
        purchase_id=derived_id(holder.pk, "collect_points", key),
        product=product,
        count=count,
        coins=coins,
        msisdn=msisdn,
    )
    if before := bought_before(wanted):
        return before
    locked = lock_holders(holder, product.partner.merchant.holder)
    held, paying = locked[holder.pk], locked[product.partner.merchant.holder.pk]
    if before := bought_before(wanted):
        return before
    refuse_frozen(held)
    refuse_frozen(paying)
    sold = product_of(product_id=product.pk)
    _refuse(wanted, sold=sold, holder=held, now=now)
    row = ordered(wanted=wanted, holder=held, product=sold, now=now)
    post(setting_aside(row=row, kind="points_in", source=merchant_budget(paying.pk), now=now))
    return row


def _refuse(wanted: Wanted, *, sold: Product, holder: Holder, now: datetime) -> None:
    count, coins = wanted.count, wanted.coins
    if not sold.gives_coins:
        raise ProductNotOffered("This is paid for in coins.")
    refuse_unsold(product=sold, now=now)
    refuse_strange_number(holder=holder, msisdn=wanted.msisdn)
    refuse_price(product=sold, count=count, coins=coins, now=now)
    refuse_points_limit(holder=holder, product=sold, coins=coins, now=now)
    refuse_full_wallet(holder=holder, coins=coins + coins_on_their_way_to(holder), now=now)
    refuse_spent_budget(partner=sold.partner, coins=coins, now=now)
