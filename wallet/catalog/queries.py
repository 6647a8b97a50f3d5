"""Reads of the catalog: what is on sale, a holder's purchases, what an address means."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ledger.registry import Cause
from ledger.rules import COIN
from wallet.carriers.rules import masked
from wallet.catalog.models import Partner, Product, Purchase
from wallet.catalog.rules import Kind, day_around
from wallet.holders.models import Holder
from wallet.holders.rules import UnknownId, opaque_id
from wallet.holders.set_aside import SetAside
from wallet.policy.queries import policy_bool


def sells_kind(kind: str, *, partner: str, now: datetime) -> bool:
    """Say whether a kind of goods may be bought of a partner at present."""
    return policy_bool(f"catalog.{kind}", now=now, scope=partner)


def why_unsold(product: Product, *, now: datetime) -> str:
    """Return the code of the refusal a product cannot be bought for now; empty if it can."""
    if not sells_kind(product.kind, partner=product.partner_id, now=now):
        return "kind_switched_off"
    if not product.is_offered or not product.partner.party.base_url:
        return "product_not_offered"
    return ""


def products_on_sale(*, now: datetime) -> list[Product]:
    """Return what may be bought now, by kind and price: switched on, offered, its partner reachable."""
    rows = Product.objects.filter(is_offered=True).exclude(partner__party__base_url="")
    order = {kind.value: place for place, kind in enumerate(Kind)}
    found = rows.select_related("partner__party").order_by("gives_coins", "coins", "pk")
    may: dict[tuple[str, str], bool] = {}
    for kind, partner in {(row.kind, row.partner_id) for row in found}:
        may[kind, partner] = sells_kind(kind, partner=partner, now=now)
    return sorted(
        (row for row in found if may[row.kind, row.partner_id]), key=lambda row: order[row.kind]
    )


def product_of(*, product_id: UUID) -> Product:
    """Return a product, on sale or not.

    Raises:
        UnknownId: no partner ever offered it.
    """
    rows = Product.objects.select_related("partner__party", "partner__merchant__holder")
    found = rows.filter(pk=product_id).first()
    if found is None:
        raise UnknownId("There is no such product.")
    return found


def purchases_of(holder: Holder) -> QuerySet[Purchase]:
    """Return a holder's purchases, the newest first."""
    rows = Purchase.objects.filter(holder=holder).select_related("product", "instruction")
    return rows.order_by("-made_at", "-id")


def purchase_of(*, holder: Holder, purchase_id: UUID) -> Purchase:
    """Return one of a holder's purchases.

    Raises:
        UnknownId: the holder bought no such thing.
    """
    found = purchases_of(holder).filter(pk=purchase_id).first()
    if found is None:
        raise UnknownId("You have no such purchase.")
    return found


def points_coins_today(holder: Holder, *, gives_coins: bool, now: datetime) -> int:
    """Return the coins a holder moved today to or from partners' points; refunds do not count."""
    begins, ends = day_around(now)
    rows = Purchase.objects.filter(
        holder=holder,
        product__kind=Kind.POINTS,
        gives_coins=gives_coins,
        made_at__gte=begins,
        made_at__lt=ends,
    ).exclude(state=Purchase.State.REFUNDED)
    total: int = rows.aggregate(coins=Sum("coins", default=0))["coins"]
    return total


def coins_on_their_way_to(holder: Holder) -> int:
    """Return the coins partners set aside for a holder whose points they were asked for."""
    rows = Purchase.objects.filter(holder=holder, gives_coins=True, state=Purchase.State.ON_ITS_WAY)
    total: int = rows.aggregate(coins=Sum("coins", default=0))["coins"]
    return total


def partners_reachable() -> QuerySet[Partner]:
    """Return the partners that can be asked what they offer."""
    rows = Partner.objects.exclude(party__base_url="").select_related("party")
    return rows.order_by("pk")


def set_aside_in_purchases(holder: Holder) -> Iterator[SetAside]:
    """Return the coins of a holder that wait for a partner's goods."""
    for row in purchases_of(holder).filter(state=Purchase.State.ON_ITS_WAY, gives_coins=False):
        name = opaque_id("pur", row.pk)
        yield SetAside(id=name, asset=COIN, amount=row.coins, url=f"/purchases/{name}/")


def cause_of_purchase(address: str) -> Cause | None:
    """Return what stands behind `purchase/<id>`."""
    found = Purchase.objects.filter(pk=UUID(address.split("/")[1]))
    row = found.select_related("product").first()
    if row is None:
        return None
    product = row.product.name_en if get_language() == "en" else row.product.name_zh
    said = (
        _("用 %(what)s 换来 %(coins)s 枚币") if row.gives_coins else _("%(coins)s 枚币换 %(what)s")
    )
    return Cause(
        title=said % {"coins": row.coins, "what": f"{row.count} × {product}"},
        facts={
            _("状态"): row.get_state_display(),
            _("持有人"): opaque_id("hld", row.holder_id),
            _("号码"): masked(msisdn=row.msisdn),
            _("合作方"): row.product.partner_id,
            _("参考号"): str(row.pk),
        },
    )


def purchases_owned_by(holder: UUID, *, start: datetime, end: datetime) -> Iterator[str]:
    """Return where a holder's purchases waited between two instants."""
    waited = Q(ended_at__isnull=True) | Q(ended_at__gte=start)
    rows = Purchase.objects.filter(waited, holder=holder, made_at__lt=end)
    for row in rows.values_list("pk", flat=True):
        yield f"purchase/{row}"


def personal_of_purchase(purchase: UUID) -> Mapping[str, str] | None:
    """Return the whole number a purchase is for."""
    row = Purchase.objects.filter(pk=purchase).first()
    return None if row is None else {_("号码"): row.msisdn}
