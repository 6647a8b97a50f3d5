"""Celery's doors to the catalog: fetch what partners offer, post what they decided."""

from typing import cast

from celery import shared_task
from django.utils import timezone

from wallet.carriers.adaptors.choice import adaptor_for
from wallet.carriers.models import Carrier
from wallet.carriers.tasks import nudge
from wallet.catalog.adaptors.contract import Shop
from wallet.catalog.operations import fetch_products, settle_purchases
from wallet.catalog.queries import partners_reachable
from wallet.holders.idempotency import at_the_clock


@shared_task(name="wallet.catalog.settle")
def settle() -> None:
    """Post every outcome that waits."""
    # The clock is read for each batch: a month may end between two.
    while at_the_clock(lambda now: settle_purchases(now=now)):
        pass


@shared_task(name="wallet.catalog.fetch")
def fetch(*, carrier: str) -> None:
    """Fetch what one partner offers."""
    adaptor = adaptor_for(carrier=Carrier.parties.get(pk=carrier, is_partner=True))
    if adaptor is not None:
        fetch_products(shop=cast("Shop", adaptor), now=timezone.now())


@shared_task(name="wallet.catalog.fetch_all")
def fetch_all() -> None:
    """Have every partner's offers fetched, each by itself: one that is down delays no other."""
    for partner in partners_reachable():
        nudge(fetch, carrier=partner.pk)
