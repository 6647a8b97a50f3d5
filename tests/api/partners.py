"""What the doors of merchants, of sponsors and of the catalog are asked with."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ledger.rules import COIN, month_after
from tests import given
from tests.given_catalog import a_partner, goods, stocked
from tests.given_merchants import a_code, a_merchant
from wallet.catalog.models import Partner
from wallet.catalog.operations import buy_product
from wallet.holders.rules import opaque_id
from wallet.invoices.models import Invoice, InvoiceLine
from wallet.merchants.queries import token_for
from wallet.sponsors.rules import sponsor_budget

if TYPE_CHECKING:
    from tests.api.world import World


def _merchant(world: "World") -> str:
    assert world.me.user is not None
    return opaque_id("hld", a_merchant(coins=100, owner=world.me.user, now=world.now).pk)


def _sponsor(world: "World") -> str:
    assert world.me.user is not None
    sponsor = given.a_sponsor(coins=100, owner=world.me.user, now=world.now)
    return opaque_id("hld", sponsor.pk)


def _counter_code(world: "World") -> str:
    return token_for(a_code(a_merchant(coins=100, now=world.now), now=world.now))


def _shelf(world: "World") -> None:
    if not Partner.objects.exists():
        stocked(a_partner(now=world.now), now=world.now)


def _buying(world: "World") -> dict[str, Any]:
    _shelf(world)
    product = opaque_id("prd", goods("music-month").pk)
    return {"product": product, "count": 1, "coins": 30, "msisdn": world.number.msisdn}


def _purchase(world: "World") -> str:
    _shelf(world)
    row = buy_product(
        holder=world.me,
        product=goods("music-month"),
        count=1,
        coins=30,
        msisdn=world.number.msisdn,
        key=uuid4(),
        now=world.now,
    )
    return opaque_id("pur", row.pk)


def _invoiced(world: "World") -> InvoiceLine:
    """Return the one line of an invoice of mine, of the month before."""
    assert world.me.user is not None
    month = month_after(given.this_month(), -1)
    found = InvoiceLine.objects.filter(invoice__month=month).first()
    if found is None:
        sponsor = given.a_sponsor(owner=world.me.user, now=world.now)
        invoice = Invoice.objects.create(
            pk=uuid4(), month=month, side="sponsor", holder=sponsor.holder, made_at=world.now
        )
        found = InvoiceLine.objects.create(
            pk=uuid4(),
            invoice=invoice,
            month=month,
            address=sponsor_budget(sponsor.pk),
            asset=COIN,
            kind="purchase_order",
            amount=5,
            transactions=1,
            first_entry=1,
            last_entry=1,
        )
    return found


#: Doors of several places, by place.
SEVERAL: dict[str, dict[str, Callable[["World"], str]]] = {
    door: {
        "organisation": lambda world: opaque_id("hld", _invoiced(world).invoice.holder_id),
        "invoice": lambda world: opaque_id("ivc", _invoiced(world).invoice_id),
        "line": lambda world: opaque_id("ivl", _invoiced(world).pk),
    }
    for door in ("invoices", "invoice", "invoice_transactions")
}
PLACES: dict[str, Callable[["World"], str]] = {
    "claim_code": _counter_code,
    "counter_code": _counter_code,
    "counter_codes": _merchant,
    "purchases_retrieve": _purchase,
    "send_sponsored_packet": _sponsor,
    "show_code": _merchant,
    "sponsored_packets": _sponsor,
}
BODIES: dict[str, Callable[["World"], dict[str, Any]]] = {
    "purchases_create": _buying,
    "send_sponsored_packet": lambda _: {
        "kind": "lucky",
        "coins": 10,
        "shares": 2,
        "greeting": "早",
    },
    "show_code": lambda _world: {"coins": 10},
}
