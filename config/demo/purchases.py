"""The deeds of the played month in the catalog, and the partner they are done with."""

from datetime import datetime
from typing import TYPE_CHECKING

from config.demo.plan import Act
from ledger.queries import coins_in
from wallet.catalog.models import Partner
from wallet.catalog.operations import buy_product, collect_points, open_partner
from wallet.catalog.queries import products_on_sale
from wallet.catalog.rules import Kind
from wallet.holders.queries import main_of
from wallet.merchants.models import Merchant
from wallet.policy.operations import set_policy

if TYPE_CHECKING:
    from config.demo.stage import Stage

PARTNER = "NN"


def open_shop(*, server: str, now: datetime) -> Partner:
    """Let the demo's merchant sell through a simulated partner's server, every kind of goods."""
    for kind in Kind:
        set_policy(
            key=f"catalog.{kind}",
            value=True,
            starts_at=now,
            set_by="demo",
            reason="演示里四类都打开。",
            now=now,
        )
    return open_partner(
        code=PARTNER,
        name_zh="牛牛生活",
        name_en="Niuniu Life",
        merchant=Merchant.objects.get(),  # the cast opened it
        base_url=server,
        now=now,
    )


def buy(stage: "Stage", act: Act) -> object:
    """Buy something of the catalog for one's own number, or turn points into coins."""
    person, shelf = stage.people[act.who], products_on_sale(now=act.at)
    product = shelf[act.number % len(shelf)] if shelf else None
    if product is None:
        return None
    if not product.gives_coins and coins_in(main_of(person.holder)) < product.coins:
        return None
    order = collect_points if product.gives_coins else buy_product
    return order(
        holder=person.holder,
        product=product,
        count=1,
        coins=product.coins,
        msisdn=person.number.msisdn,
        key=stage.key(act),
        now=act.at,
    )
