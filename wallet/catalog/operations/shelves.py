"""Let a partner into the catalog, and keep what it offers as it was last fetched.

Fetching waits for the partner, so it may not be called inside a transaction.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ledger.refusals import Refusal
from ledger.rules import derived_id
from wallet.carriers.models import Carrier
from wallet.catalog.adaptors.contract import Offer, Shop
from wallet.catalog.models import Partner, Product
from wallet.catalog.rules import BadPartnerCode, checked_code
from wallet.merchants.models import Merchant

ADAPTOR = "tmf622"


class MerchantIsPartner(Refusal):
    """The merchant is paid as another partner already."""

    code = "merchant_is_partner"


@transaction.atomic
def open_partner(
    *, code: str, name_zh: str, name_en: str, merchant: Merchant, base_url: str, now: datetime
) -> Partner:
    """Let a merchant sell in the catalog through its own server, and return the partner.

    `base_url` is the server's root; empty, nothing is on sale yet. Opened again with the same
    code and merchant, its names and its server are those given now.

    Raises:
        BadPartnerCode: it is no code, or a carrier's.
        MerchantIsPartner: the merchant, or the code, is another partner's.
    """
    checked_code(code)
    if Carrier.objects.filter(pk=code).exists():
        raise BadPartnerCode("A carrier has this code.")
    known = Partner.objects.filter(party=code).first()
    taken = Partner.objects.filter(merchant=merchant).exclude(party=code).exists()
    if taken or (known is not None and known.merchant_id != merchant.pk):
        raise MerchantIsPartner("The merchant or the code is another partner's.")
    party, _ = Carrier.parties.update_or_create(
        code=code,
        defaults={
            "name_zh": name_zh,
            "name_en": name_en,
            "is_partner": True,
            "adaptor": ADAPTOR,
            "base_url": base_url,
        },
    )
    partner, _ = Partner.objects.get_or_create(
        party=party, defaults={"merchant": merchant, "opened_at": now}
    )
    return partner


def fetch_products(*, shop: Shop, now: datetime) -> list[Product]:
    """Ask a partner what it offers, keep all of it, and return what is on its shelf now.

    Raises:
        CarrierUnavailable: the partner could not be asked; what was fetched before stays.
    """
    offers = {offer.id: offer for offer in shop.offers()}
    return _shelved(partner=shop.carrier, offers=list(offers.values()), now=now)


@transaction.atomic
def _shelved(*, partner: str, offers: Sequence[Offer], now: datetime) -> list[Product]:
    row = Partner.objects.select_for_update(no_key=True).get(party=partner)
    offered = [_product(offer, partner=row) for offer in offers]
    Product.objects.filter(partner=row).exclude(pk__in=[one.pk for one in offered]).update(
        is_offered=False
    )
    Product.objects.bulk_create(
        offered,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name_zh", "name_en", "about_zh", "about_en", "coins", "is_offered"],
    )
    row.fetched_at = now
    row.save(update_fields=["fetched_at"])
    return list(Product.objects.filter(partner=row, is_offered=True).order_by("sku"))


def _product(offer: Offer, *, partner: Partner) -> Product:
    return Product(
        # Sold as another kind, or the other way round, it is another product: what was bought
        # before stays what it was.
        id=derived_id(partner.pk, offer.id, offer.kind, offer.gives_coins),
        partner=partner,
        sku=offer.id,
        kind=offer.kind,
        name_zh=offer.name,
        name_en=offer.name_en,
        about_zh=offer.about,
        about_en=offer.about_en,
        coins=offer.coins,
        gives_coins=offer.gives_coins,
        is_offered=True,
    )
