"""Reads of invoices: what a month's are made of, whose they are, what stands behind a line."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from ledger.models import Entry
from ledger.registry import Cause
from ledger.rules import CNY, COIN, account_id, month_name
from wallet.catalog.models import Partner
from wallet.clearing.queries import PRICE
from wallet.clearing.rules import in_yuan
from wallet.holders.models import User
from wallet.holders.rules import UnknownId
from wallet.invoices.models import Invoice, InvoiceLine, InvoiceShare
from wallet.organisations.queries import membership_of, memberships_of
from wallet.policy.queries import policy_int
from wallet.sponsors.models import Campaign
from wallet.sponsors.rules import campaign_budget

_SQL = Path(__file__).parent / "sql"
_CHARGED = (_SQL / "charged_v1.sql").read_text()
_MOVED = (_SQL / "moved_v1.sql").read_text()
_BALANCES = (_SQL / "balances_v1.sql").read_text()


class Charged(NamedTuple):
    """One transaction that charged a sponsor: fen (below zero: given back) and coins with it."""

    holder: UUID
    transaction: UUID
    month: date
    kind: str
    at: datetime
    issuer: str | None
    fen: int
    coins: int
    first_entry: int
    last_entry: int


class Moved(NamedTuple):
    """What one kind of transactions moved in one budget in a month."""

    holder: UUID
    address: str
    asset: str
    kind: str
    amount: int
    transactions: int
    first_entry: int
    last_entry: int


def charged_up_to(month: date, *, first: UUID, last: UUID) -> list[Charged]:
    """Return what sponsors from one id to another were charged and no earlier invoice has."""
    with connection.cursor() as cursor:
        cursor.execute(_CHARGED, {"month": month, "first": first, "last": last})
        return [Charged(*row) for row in cursor.fetchall()]


def moved_in(month: date, *, side: str, first: UUID, last: UUID) -> list[Moved]:
    """Return what moved in the budgets of sponsors or merchants from one id to another."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, {"side": side, "month": month, "first": first, "last": last})
        return [Moved(*row) for row in cursor.fetchall()]


def owed_by(sponsors: Iterable[UUID], *, before: date) -> dict[UUID, int]:
    """Return the fen that sponsors owed when a month began."""
    held = _held(sponsors, before=before, kind="sponsor", place="receivable", asset=CNY)
    return {sponsor: -fen for sponsor, fen in held.items()}


def taken_by(merchants: Iterable[UUID], *, before: date) -> dict[UUID, int]:
    """Return the coins that merchants had taken for goods and not been paid when a month began."""
    return _held(merchants, before=before, kind="merchant", place="payable", asset=COIN)


def _held(
    owners: Iterable[UUID], *, before: date, kind: str, place: str, asset: str
) -> dict[UUID, int]:
    asked: dict[str, Any] = {
        "owners": list(owners),
        "before": f"{kind}/",
        "behind": f"/{place}",
        "asset": asset,
        "month": before,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, asked)
        return {owner: int(held) for owner, held in cursor.fetchall()}


def prices_at(at: datetime) -> dict[str, int]:
    """Return what partners' merchants are paid for coins they took, in fen for 1,000, by merchant."""
    rows = Partner.objects.order_by("pk").values_list("merchant", "pk")
    return {str(merchant): policy_int(PRICE, now=at, scope=code) for merchant, code in rows}


def price_at(at: datetime) -> int:
    """Return what every other merchant is paid for coins it took, in fen for 1,000."""
    return policy_int(PRICE, now=at)


def invoices_of(*, user: User, organisation_id: UUID) -> QuerySet[Invoice]:
    """Return the invoices of an organisation a person belongs to, the newest first.

    Raises:
        UnknownId: there is no such organisation, or the person does not belong to it.
    """
    member = membership_of(user=user, organisation_id=organisation_id)
    rows = Invoice.objects.filter(holder=member.organisation).select_related("holder")
    return rows.order_by("-month", "-id")


def invoice_of(*, user: User, organisation_id: UUID, invoice_id: UUID) -> Invoice:
    """Return one of an organisation's invoices.

    Raises:
        UnknownId: the organisation has no such invoice, or the person does not belong to it.
    """
    rows = invoices_of(user=user, organisation_id=organisation_id)
    found = rows.filter(pk=invoice_id).first()
    if found is None:
        raise UnknownId("You have no such invoice.")
    return found


def own_invoice(*, user: User, invoice_id: UUID) -> Invoice:
    """Return an invoice of one of the organisations a person belongs to.

    Raises:
        UnknownId: none of them has such an invoice.
    """
    organisations = memberships_of(user).values("organisation")
    found = Invoice.objects.filter(pk=invoice_id, holder__in=organisations).first()
    if found is None:
        raise UnknownId("You have no such invoice.")
    return found


def newest_invoices(user: User) -> QuerySet[Invoice]:
    """Return the newest invoice of each organisation a person belongs to, once it was told of."""
    organisations = memberships_of(user).values("organisation")
    rows = Invoice.objects.filter(holder__in=organisations, told_at__isnull=False)
    newest = rows.order_by("holder", "-month", "-id").distinct("holder")
    return newest.select_related("holder")


def notice_of(invoice: Invoice) -> tuple[str, dict[str, str | int | None]]:
    """Return as what an invoice is told: to be paid, to be got, or neither; and its facts."""
    gets = invoice.due_fen if invoice.side == Invoice.Side.MERCHANT else -invoice.due_fen
    kind = "invoice_credit" if gets > 0 else "invoice_due" if gets < 0 else "invoice_ready"
    return kind, {
        "organisation": invoice.holder.name,
        "month": month_name(invoice.month),
        "yuan": in_yuan(abs(gets)),
    }


def charges_of(invoice: Invoice) -> QuerySet[InvoiceLine]:
    """Return a sponsor's charges, as they were booked."""
    return invoice.lines.filter(asset=CNY).select_related("issuer").order_by("first_entry")


def budgets_of(invoice: Invoice) -> QuerySet[InvoiceLine]:
    """Return what moved in the budgets, kind by kind."""
    rows = invoice.lines.exclude(asset=CNY)
    return rows.order_by("-address", "asset", "first_entry")


def campaigns_named(lines: Iterable[InvoiceLine]) -> dict[str, str]:
    """Return the names of the campaigns whose budgets lines are about, by address."""
    of_campaigns = {line.address for line in lines if line.address.startswith("campaign/")}
    found = Campaign.objects.in_bulk([UUID(address.split("/")[1]) for address in of_campaigns])
    return {campaign_budget(one.pk): one.name for one in found.values()}


def by_issuer(invoice: Invoice) -> list[tuple[str, int, int]]:
    """Return what a sponsor was charged for each issuer's coins: issuer, coins, fen."""
    rows = charges_of(invoice).order_by().values("issuer")
    sums = rows.annotate(of_coins=Sum("coins"), fen=Sum("amount")).order_by("issuer")
    return [(row["issuer"] or "", row["of_coins"], row["fen"]) for row in sums]


def shares_of(invoice: Invoice) -> QuerySet[InvoiceShare]:
    """Return which issuers owe a merchant what."""
    return invoice.shares.select_related("issuer").order_by("issuer")


def line_in(*, invoice: Invoice, line_id: UUID) -> InvoiceLine:
    """Return one of an invoice's lines.

    Raises:
        UnknownId: the invoice has no such line.
    """
    found = invoice.lines.filter(pk=line_id).first()
    if found is None:
        raise UnknownId("The invoice has no such line.")
    return found


def entries_behind(line: InvoiceLine) -> QuerySet[Entry]:
    """Return the entries a line resolves to, each with its transaction, as they were booked.

    Transactions at the same time may take ids in turn: a charge's are those of its own.
    """
    rows = Entry.objects.filter(
        month=line.month,
        account=account_id(address=line.address, asset=line.asset),
        id__range=(line.first_entry, line.last_entry),
    )
    if line.transaction is None:
        rows = rows.filter(transaction__kind=line.kind)
    else:
        rows = rows.filter(transaction=line.transaction)
    return rows.select_related("transaction", "account").order_by("id")


def cause_of_invoice(metadata: Mapping[str, object]) -> Cause | None:
    """Return what stands behind an invoice's transaction."""
    rows = Invoice.objects.select_related("holder")
    found = rows.filter(pk=str(metadata.get("invoice", ""))).first()
    if found is None:
        return None
    title = _("%(name)s %(month)s 的账单") % {
        "name": found.holder.name,
        "month": month_name(found.month),
    }
    return Cause(title=title, facts={}, url=f"/admin/wallet/invoice/{found.pk}/change/")
