"""The close's part: an invoice for each sponsor and merchant that the month knows of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ledger.months.models import Close
from ledger.months.rules import hex_shards, id_bounds
from ledger.registry import ClosingMonth, Stage
from ledger.rules import CNY, COIN, Leg, Posting, derived_id, month_after, move
from wallet.catalog.rules import merchant_payable
from wallet.clearing.queries import outstanding_at_end_of
from wallet.clearing.rules import fen_of, shared_in_turn
from wallet.holders.operations import tell
from wallet.invoices.models import Invoice, InvoiceLine, InvoiceShare
from wallet.invoices.queries import (
    Charged,
    Moved,
    charged_up_to,
    moved_in,
    notice_of,
    owed_by,
    price_at,
    prices_at,
    taken_by,
)
from wallet.invoices.rules import (
    FIRST_ID,
    LAST_ID,
    invoice_id,
    merchant_earned,
    sponsor_paid,
)
from wallet.merchants.models import Merchant
from wallet.notify.operations import text_owners
from wallet.notify.queries import owners_without_wallet, people_of
from wallet.sponsors.models import Sponsor
from wallet.sponsors.rules import sponsor_receivable

INPUT = "invoices"
ORDER = "purchase_order"
MERCHANTS = "merchants"
SPONSOR, MERCHANT = Invoice.Side.SPONSOR, Invoice.Side.MERCHANT


@dataclass(slots=True, kw_only=True)
class _Draft:
    """An invoice before it is written."""

    invoice: Invoice
    lines: list[InvoiceLine] = field(default_factory=list)
    shares: list[InvoiceShare] = field(default_factory=list)


def freeze_invoice_prices(month: date, at: datetime) -> Mapping[str, Any]:
    """Return what partners' merchants and all others are paid for a month's coins, at its end."""
    return {"prices": prices_at(at), "price": price_at(at)}


def _shards(closing: ClosingMonth) -> Sequence[str]:
    """Cut sponsors by their ids; merchants stand together, for they share what issuers owe."""
    return (*hex_shards(Sponsor.objects.count()), MERCHANTS)


def _plan(closing: ClosingMonth, shard: str) -> Sequence[Posting]:
    posting = _merchant_posting if shard == MERCHANTS else _sponsor_posting
    return [posting(draft, closing=closing) for draft in _drafts(closing, shard) if _moves(draft)]


def _record(closing: ClosingMonth, shard: str, postings: Sequence[Posting]) -> None:
    drafts = _drafts(closing, shard)
    Invoice.objects.bulk_create(draft.invoice for draft in drafts)
    InvoiceLine.objects.bulk_create(line for draft in drafts for line in draft.lines)
    InvoiceShare.objects.bulk_create(share for draft in drafts for share in draft.shares)


def _drafts(closing: ClosingMonth, shard: str) -> list[_Draft]:
    return _of_merchants(closing) if shard == MERCHANTS else _of_sponsors(closing, shard)


def _moves(draft: _Draft) -> bool:
    return bool(draft.invoice.paid_fen or draft.shares)


def _of_sponsors(closing: ClosingMonth, shard: str) -> list[_Draft]:
    """Draft what each sponsor ordered, what corrections changed, and what its budgets did."""
    first, last = map(UUID, id_bounds(shard))
    drafts: dict[UUID, _Draft] = {}
    for moved in moved_in(closing.month, side=SPONSOR, first=first, last=last):
        _add_budget(_draft(drafts, moved.holder, side=SPONSOR, closing=closing), moved)
    for charged in charged_up_to(closing.month, first=first, last=last):
        _add_charge(_draft(drafts, charged.holder, side=SPONSOR, closing=closing), charged)
    owed = _owed(first, last, before=month_after(closing.month))
    for sponsor in owed:
        # Who owes, or is owed, hears of it every month until that is settled.
        _draft(drafts, sponsor, side=SPONSOR, closing=closing)
    for sponsor, draft in drafts.items():
        _sum_up(draft.invoice, owed=owed.get(sponsor, 0))
    return [drafts[sponsor] for sponsor in sorted(drafts)]


def _owed(first: UUID, last: UUID, *, before: date) -> dict[UUID, int]:
    sponsors = Sponsor.objects.filter(pk__gte=first, pk__lte=last).values_list("pk", flat=True)
    return {sponsor: fen for sponsor, fen in owed_by(sponsors, before=before).items() if fen}


def _sum_up(invoice: Invoice, *, owed: int) -> None:
    """Take what was due before from the books; what was ordered was paid then."""
    invoice.opening_fen = owed - invoice.ordered_fen - invoice.corrected_fen
    invoice.paid_fen = invoice.ordered_fen
    invoice.due_fen = invoice.opening_fen + invoice.corrected_fen


def _of_merchants(closing: ClosingMonth) -> list[_Draft]:
    """Draft what each merchant took and gave; issuers pay in proportion to what they still owe."""
    drafts: dict[UUID, _Draft] = {}
    for moved in moved_in(closing.month, side=MERCHANT, first=FIRST_ID, last=LAST_ID):
        _add_budget(_draft(drafts, moved.holder, side=MERCHANT, closing=closing), moved)
    merchants = Merchant.objects.order_by("pk").values_list("pk", flat=True)
    taken = taken_by(merchants, before=month_after(closing.month))
    shared = shared_in_turn(taken, outstanding=outstanding_at_end_of(closing.month))
    inputs = closing.inputs[INPUT]
    for merchant, shares in shared.items():
        price = inputs["prices"].get(str(merchant), inputs["price"])
        draft = _draft(drafts, merchant, side=MERCHANT, closing=closing)
        _add_shares(draft, shares=shares, price=price)
    return [drafts[merchant] for merchant in sorted(drafts)]


def _draft(
    drafts: dict[UUID, _Draft], holder: UUID, *, side: Invoice.Side, closing: ClosingMonth
) -> _Draft:
    if holder not in drafts:
        made = invoice_id(month=closing.month, side=side, subject=holder)
        drafts[holder] = _Draft(
            invoice=Invoice(
                id=made, month=closing.month, side=side, holder_id=holder, made_at=closing.at
            )
        )
    return drafts[holder]


def _add_budget(draft: _Draft, moved: Moved) -> None:
    draft.lines.append(
        InvoiceLine(
            id=derived_id(draft.invoice.pk, moved.address, moved.asset, moved.kind),
            invoice=draft.invoice,
            month=draft.invoice.month,
            **{name: value for name, value in moved._asdict().items() if name != "holder"},
        )
    )


def _add_charge(draft: _Draft, charged: Charged) -> None:
    invoice = draft.invoice
    if charged.kind == ORDER:
        invoice.ordered_fen += charged.fen
    else:
        invoice.corrected_fen += charged.fen
    draft.lines.append(
        InvoiceLine(
            id=derived_id(invoice.pk, charged.first_entry),
            invoice=invoice,
            month=charged.month,
            address=sponsor_receivable(charged.holder),
            asset=CNY,
            kind=charged.kind,
            at=charged.at,
            issuer_id=charged.issuer,
            amount=charged.fen,
            coins=charged.coins,
            transaction=charged.transaction,
            transactions=1,
            first_entry=charged.first_entry,
            last_entry=charged.last_entry,
        )
    )


def _add_shares(draft: _Draft, *, shares: Mapping[str, int], price: int) -> None:
    """Price each issuer's part, its fen rounded once."""
    invoice = draft.invoice
    draft.shares = [
        InvoiceShare(
            id=derived_id(invoice.pk, issuer),
            invoice=invoice,
            issuer_id=issuer,
            coins=coins,
            fen=fen_of(coins, fen_per_1000=price),
        )
        for issuer, coins in sorted(shares.items())
    ]
    invoice.coins = sum(shares.values())
    invoice.fen_per_1000 = price
    invoice.ordered_fen = invoice.due_fen = sum(share.fen for share in draft.shares)


def _sponsor_posting(draft: _Draft, *, closing: ClosingMonth) -> Posting:
    """Settle the orders: each was booked when it was paid."""
    invoice = draft.invoice
    paid, owed = sponsor_paid(invoice.holder_id), sponsor_receivable(invoice.holder_id)
    legs = move(asset=CNY, amount=invoice.paid_fen, source=paid, target=owed)
    return _posting(invoice, kind="sponsor_invoice", legs=legs, closing=closing)


def _merchant_posting(draft: _Draft, *, closing: ClosingMonth) -> Posting:
    """Give the coins back to their issuers, whose revenue pays for them."""
    invoice = draft.invoice
    legs = [Leg(merchant_payable(invoice.holder_id), COIN, -invoice.coins)]
    legs += [Leg(f"issuer/{share.issuer_id}", COIN, share.coins) for share in draft.shares]
    if invoice.due_fen:
        legs.append(Leg(merchant_earned(invoice.holder_id), CNY, invoice.due_fen))
    legs += [
        Leg(f"issuer/{share.issuer_id}/revenue", CNY, -share.fen)
        for share in draft.shares
        if share.fen
    ]
    return _posting(invoice, kind="merchant_invoice", legs=legs, closing=closing)


def _posting(invoice: Invoice, *, kind: str, legs: Iterable[Leg], closing: ClosingMonth) -> Posting:
    return Posting(
        id=invoice.pk,
        kind=kind,
        at=closing.at,
        actor="close",
        legs=tuple(legs),
        metadata={"invoice": str(invoice.pk)},
        month=closing.month,
    )


@transaction.atomic
def tell_of_invoices(*, now: datetime, limit: int = 500) -> int:
    """Tell organisations' owners of the invoices of months that are closed; return how many.

    Each once, by text where an owner has no wallet and so no inbox. Not before the close has ended: it may still find the books broken.
    """
    untold = Invoice.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    closed = Close.objects.filter(ended_at__isnull=False).values("pk")
    rows = untold.filter(told_at=None, month__in=closed).select_related("holder")
    ready = list(rows.order_by("month", "id")[:limit])
    owners = people_of({row.holder_id: row.holder for row in ready}.values())
    without = owners_without_wallet(owners)
    for row in ready:
        kind, facts = notice_of(row)
        text_owners(
            row.holder_id,
            owners=without.get(row.holder_id, ()),
            kind=kind,
            subject_id=row.pk,
            facts=facts,
            now=now,
        )
        for owner in owners[row.holder_id]:
            tell(holder=owner, kind=kind, subject_id=row.pk, now=now, facts=facts)
    Invoice.objects.filter(pk__in=[row.pk for row in ready]).update(told_at=now)
    return len(ready)


STAGES = (
    Stage(
        name="invoices",
        title=_("写赞助方和商户的账单"),
        place=45,
        shards=_shards,
        plan=_plan,
        record=_record,
    ),
)
