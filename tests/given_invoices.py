"""Worlds of invoices: what sponsors ordered, what merchants took, and a month's invoices of it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import connection

from ledger.adjustments.operations import approve_proposal, propose_adjustment
from ledger.months.models import Close, ClosePart
from ledger.months.operations import closing_month, last_instant, run_next_part
from ledger.rules import COIN, Leg, month_after, move, starts_at
from tests.given import MONTH, NOW, a_holder, a_sponsor
from tests.given_catalog import a_partner, buy, stocked
from tests.given_clearing import order
from tests.given_merchants import a_merchant
from tests.ledger.adjustments.world import WHY, a_reversal, controller
from wallet.carriers.models import Instruction
from wallet.catalog.models import Partner
from wallet.catalog.operations import settle_purchases
from wallet.catalog.rules import merchant_payable
from wallet.holders.queries import main_of
from wallet.invoices.models import Invoice
from wallet.invoices.operations import INPUT, STAGES, freeze_invoice_prices
from wallet.merchants.models import Merchant
from wallet.sponsors.models import PurchaseOrder, Sponsor
from wallet.sponsors.operations import pay_purchase_order

CLOSES_AT = starts_at(month_after(MONTH)) + timedelta(minutes=30)


def pay(
    sponsor: Sponsor, *, issuer: str = "CT", coins: int, price_fen: int, now: datetime = NOW
) -> PurchaseOrder:
    """Have a sponsor order coins of an issuer at a price, and pay it."""
    return pay_purchase_order(
        sponsor=sponsor,
        issuer=issuer,
        coins=coins,
        price_fen=price_fen,
        paid_by="test",
        key=uuid.uuid4(),
        now=now,
    )


def a_months_orders(*, now: datetime = NOW) -> Sponsor:
    """Return a sponsor that ordered 1,000 coins of CT for 40.01 yuan and 500 of CU for 9.99."""
    sponsor = a_sponsor(now=now)
    pay(sponsor, coins=1_000, price_fen=4_001, now=now)
    pay(sponsor, issuer="CU", coins=500, price_fen=999, now=now + timedelta(days=1))
    return sponsor


def a_selling_partner(*, times: int = 3, now: datetime = NOW) -> Partner:
    """Return a partner that sold goods for 30 coins so many times; CT issued three coins of four."""
    partner = stocked(a_partner(now=now), now=now)
    holder = a_holder(tier=2, now=now)
    for issuer, coins in (("CT", 3_000), ("CU", 1_000)):
        source = f"sponsor/{order(issuer, coins, now=now).pk}/budget"
        adjust(*move(asset=COIN, amount=coins, source=source, target=main_of(holder)), now=now)
    for _ in range(times):
        bought = buy(holder, now=now)
        Instruction.objects.filter(pk=bought.instruction_id).update(
            state=Instruction.State.DELIVERED, decided_at=now
        )
    settle_purchases(now=now)
    return partner


def several_takers(coins: Sequence[int], *, issued: Mapping[str, int]) -> list[Merchant]:
    """Return merchants that took so many coins each; issuers owe so many, partners aside."""
    merchants = [a_merchant() for _ in coins]
    sponsors = {issuer: order(issuer, total).pk for issuer, total in issued.items()}
    source = f"sponsor/{next(iter(sponsors.values()))}/budget"
    for sponsor, total in zip([*sponsors.values()][1:], [*issued.values()][1:], strict=True):
        held = f"sponsor/{sponsor}/budget"
        adjust(*move(asset=COIN, amount=total, source=held, target=source))
    for merchant, taken in zip(merchants, coins, strict=True):
        place = merchant_payable(merchant.pk)
        adjust(*move(asset=COIN, amount=taken, source=source, target=place))
    return merchants


def adjust(*legs: Leg, now: datetime = NOW) -> None:
    """Put something right, by two persons."""
    made = propose_adjustment(legs=legs, reason=WHY, by=controller(), key=uuid.uuid4(), now=now)
    approve_proposal(proposal=made.pk, by=controller(), now=now)


def reverse(transaction: uuid.UUID, *, now: datetime) -> None:
    """Undo a transaction, by two persons."""
    made = a_reversal(transaction, by=controller(), at=now)
    approve_proposal(proposal=made.pk, by=controller(), now=now)


def invoiced(month: date = MONTH) -> list[Invoice]:
    """Write a month's invoices, as its close does, and return them."""
    now = starts_at(month_after(month)) + timedelta(minutes=30)
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.ledger_begin_closing_v1(%s, %s)", [month, now])
    inputs = {INPUT: freeze_invoice_prices(month, last_instant(month))}
    close = Close.objects.create(pk=month, inputs=inputs, begun_at=now)
    for stage in STAGES:
        for shard in stage.shards(closing_month(close)):
            ClosePart.objects.create(close=close, place=stage.place, stage=stage.name, shard=shard)
    while run_next_part(close=close, now=now):
        pass
    return list(Invoice.objects.filter(month=month).order_by("side", "pk"))
