"""What may be bought, at which price, and how much of it: decided under the holder's lock."""

from datetime import datetime

from ledger.queries import coins_in
from ledger.refusals import Refusal
from wallet.catalog.models import Partner, Product
from wallet.catalog.queries import points_coins_today, why_unsold
from wallet.catalog.rules import Kind
from wallet.holders.models import Holder, Number
from wallet.holders.rules import BadAmount
from wallet.merchants.queries import open_coins
from wallet.merchants.rules import merchant_budget
from wallet.policy.queries import policy_int

LIMIT_OUT = "catalog.points_out_coins_per_day_max"
LIMIT_IN = "catalog.points_in_coins_per_day_max"


class KindSwitchedOff(Refusal):
    """Policy lets nobody buy this kind of goods now."""

    code = "kind_switched_off"


class ProductNotOffered(Refusal):
    """The partner offers this no more, or cannot be reached."""

    code = "product_not_offered"


class PriceChanged(Refusal):
    """The price is not the one that was shown."""

    code = "price_changed"


class PointsLimitPassed(Refusal):
    """The coins for points, or of points, would pass the day's limit."""

    code = "points_limit_passed"


class NotYourNumber(Refusal):
    """Points are taken from one's own number only."""

    code = "not_your_number"
    status = 403


class PartnerBudgetSpent(Refusal):
    """The partner has no coins left to pay for points."""

    code = "partner_budget_spent"


def refuse_unsold(*, product: Product, now: datetime) -> None:
    """Refuse what is not on sale.

    Raises:
        KindSwitchedOff: policy lets nobody buy this kind of goods now.
        ProductNotOffered: the partner offers it no more, or cannot be reached.
    """
    why = why_unsold(product, now=now)
    if why == KindSwitchedOff.code:
        raise KindSwitchedOff("This kind of goods is not sold now.", kind=product.kind)
    if why:
        raise ProductNotOffered("The partner does not offer this now.")


def refuse_price(*, product: Product, count: int, coins: int, now: datetime) -> None:
    """Refuse another price than the product's, and more of it than is sold at once.

    Raises:
        BadAmount: more is asked than is sold at once.
        PriceChanged: so many of it cost something else.
    """
    most = policy_int("catalog.count_max", now=now, scope=product.partner_id)
    if count > most:
        raise BadAmount(f"At most {most} are sold at once.", most=most)
    price = product.coins * count
    if coins != price:
        raise PriceChanged(f"{coins} coins were shown, {price} is the price.", coins=price)


def refuse_points_limit(*, holder: Holder, product: Product, coins: int, now: datetime) -> None:
    """Refuse more coins for points, or of points, than a day allows (Asia/Shanghai).

    Raises:
        PointsLimitPassed: the day's limit would be passed.
    """
    if product.kind != Kind.POINTS:
        return
    key = LIMIT_IN if product.gives_coins else LIMIT_OUT
    most = policy_int(key, now=now, scope=product.partner_id)
    today = points_coins_today(holder, gives_coins=product.gives_coins, now=now)
    if today + coins > most:
        left = max(most - today, 0)
        raise PointsLimitPassed(f"{left} coins are left today.", coins_max=most, left=left)


def refuse_strange_number(*, holder: Holder, msisdn: str) -> None:
    """Refuse a number that is not the holder's: points on it are another's.

    Raises:
        NotYourNumber: it is not the holder's.
    """
    if not Number.objects.filter(holder=holder, msisdn=msisdn).exists():
        raise NotYourNumber("Points are taken from your own number only.")


def refuse_spent_budget(*, partner: Partner, coins: int, now: datetime) -> None:
    """Refuse coins a partner has promised or spent already; the caller has its lock.

    Raises:
        PartnerBudgetSpent: fewer are left.
    """
    merchant = partner.merchant
    left = coins_in(merchant_budget(merchant.pk)) - open_coins(merchant, now=now)
    if left < coins:
        raise PartnerBudgetSpent("The partner has no coins left for points.")
