"""HTML, CSV and PDF of an organisation's invoices, for whoever belongs to it."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from ledger.exports.rules.spreadsheet import spreadsheet
from ledger.rules import CNY, count_said, instant_in_words, month_name
from ledger.sections import Section
from wallet.clearing.rules import in_yuan
from wallet.holders.models import User
from wallet.holders.rules import opaque_id, uuid_in
from wallet.holders.sentences import asset_words, carrier_words
from wallet.invoices.models import Invoice, InvoiceLine
from wallet.invoices.queries import (
    budgets_of,
    by_issuer,
    campaigns_named,
    charges_of,
    entries_behind,
    invoice_of,
    invoices_of,
    line_in,
    newest_invoices,
    own_invoice,
    shares_of,
)
from wallet.invoices.rules import as_invoiced
from wallet.invoices.sentences import due_words, line_words, place_words
from wallet.organisations.queries import membership_of
from wallet.statements.pages.paper import Paper, Table, drawn

MONTHS_SHOWN = 36
PAGE_ROWS = 100
UNITS = {"COIN": "coin", "CNY": "fen"}  # of a file; all other assets are data, in MB
_BUDGETS_MM = (24, 54, 58, 22, 24)  # a budget is named with its campaign


@login_required
@never_cache
@require_GET
def invoices(request: HttpRequest, organisation: str) -> HttpResponse:
    """Show an organisation's invoices, the newest first."""
    asked = uuid_in("hld", organisation)
    member = membership_of(user=_user(request), organisation_id=asked)
    rows = invoices_of(user=_user(request), organisation_id=asked)[:MONTHS_SHOWN]
    shown = [(row, opaque_id("ivc", row.pk), month_name(row.month), _due(row)) for row in rows]
    context = {"organisation": member.organisation, "id": organisation, "invoices": shown}
    return render(request, "invoices/invoices.html", context)


@login_required
@never_cache
@require_GET
def invoice(request: HttpRequest, organisation: str, name: str) -> HttpResponse:
    """Show an invoice: its sums, what was charged, what budgets did, who pays."""
    found = _asked(request, organisation, name)
    return render(request, "invoices/invoice.html", {**told(found), "id": organisation})


@login_required
@never_cache
@require_GET
def lead_to_invoice(request: HttpRequest, name: str) -> HttpResponse:
    """Lead whoever was told of an invoice to its organisation's page of it."""
    found = own_invoice(user=_user(request), invoice_id=uuid_in("ivc", name))
    return redirect("invoice", opaque_id("hld", found.holder_id), name)


def told(found: Invoice) -> dict[str, Any]:
    """Return what pages say of an invoice."""
    budgets = list(budgets_of(found))
    named = campaigns_named(budgets)
    return {
        "invoice": found,
        "name": opaque_id("ivc", found.pk),
        "month": month_name(found.month),
        "due": _due(found),
        "charges": [_shown(line) for line in charges_of(found)],
        "issuers": by_issuer(found),
        "budgets": [
            (place_words(address, named=named), [_shown(line) for line in lines])
            for address, lines in groupby(budgets, key=lambda line: line.address)
        ],
        "shares": shares_of(found),
    }


def newest_of_mine(user: User) -> Section | None:
    """Return what my own page says of my organisations' newest invoices."""
    rows = [
        (row, opaque_id("hld", row.holder_id), opaque_id("ivc", row.pk), _due(row))
        for row in newest_invoices(user)
    ]
    return Section(template="invoices/mine.html", context={"invoices": rows}) if rows else None


def _due(found: Invoice) -> tuple[str, int]:
    """Return what the sum due is, and how many fen, never below zero."""
    return due_words(side=found.side, fen=found.due_fen), abs(found.due_fen)


def _shown(line: InvoiceLine) -> tuple[InvoiceLine, str, str]:
    return line, opaque_id("ivl", line.pk), line_words(line.kind, address=line.address)


@login_required
@never_cache
@require_GET
def behind_line(request: HttpRequest, organisation: str, name: str, line: str) -> HttpResponse:
    """Show the transactions a line resolves to, a page at a time."""
    found = _asked(request, organisation, name)
    own = line_in(invoice=found, line_id=uuid_in("ivl", line))
    page = count_said(request.GET.get("page", ""))
    rows = list(entries_behind(own)[page * PAGE_ROWS : (page + 1) * PAGE_ROWS + 1])
    context = {
        "id": organisation,
        "name": name,
        "line": own,
        "month": month_name(found.month),
        "words": line_words(own.kind, address=own.address),
        "place": _place(own),
        "page": page,
        "newer": page - 1,
        "rows": [
            (row, opaque_id("txn", row.transaction_id), as_invoiced(row.amount, asset=own.asset))
            for row in rows[:PAGE_ROWS]
        ],
        "older": page + 1 if len(rows) > PAGE_ROWS else None,
    }
    return render(request, "invoices/line.html", context)


def _place(line: InvoiceLine) -> str:
    """Say which budget a line is about; a charge is about none."""
    return "" if line.asset == CNY else place_words(line.address, named=campaigns_named([line]))


@login_required
@never_cache
@require_GET
def invoice_csv(request: HttpRequest, organisation: str, name: str) -> StreamingHttpResponse:
    """Send every transaction an invoice's lines resolve to, as a file for spreadsheets."""
    found = _asked(request, organisation, name)
    return StreamingHttpResponse(
        spreadsheet(_csv_rows(found)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{_file(found)}.csv"'},
    )


def _csv_rows(found: Invoice) -> Iterator[tuple[object, ...]]:
    yield ("line", "kind", "address", "issuer", "at", "transaction", "asset", "amount", "unit")
    for line in (*charges_of(found), *budgets_of(found)):
        first = (opaque_id("ivl", line.pk), line.kind, line.address, line.issuer_id or "")
        unit = UNITS.get(line.asset, "MB")
        for row in entries_behind(line).iterator(chunk_size=500):
            at = instant_in_words(row.transaction.at)
            transaction = opaque_id("txn", row.transaction_id)
            amount = as_invoiced(row.amount, asset=line.asset)
            yield (*first, at, transaction, line.asset, amount, unit)
    for share in shares_of(found):
        own = opaque_id("txn", found.pk)
        at = instant_in_words(found.made_at)
        issuer = share.issuer_id
        yield ("", "merchant_invoice", "", issuer, at, own, "COIN", -share.coins, "coin")
        yield ("", "merchant_invoice", "", issuer, at, own, "CNY", share.fen, "fen")


@login_required
@never_cache
@require_GET
def invoice_pdf(request: HttpRequest, organisation: str, name: str) -> HttpResponse:
    """Send an invoice on paper, in the reader's language."""
    found = _asked(request, organisation, name)
    head = {"Content-Disposition": f'attachment; filename="{_file(found)}.pdf"'}
    return HttpResponse(drawn(_paper(found)), content_type="application/pdf", headers=head)


def _paper(found: Invoice) -> Paper:
    is_sponsor = found.side == Invoice.Side.SPONSOR
    return Paper(
        title=gettext("流量币账单 %(month)s") % {"month": month_name(found.month)},
        facts=[
            (gettext("户名"), str(found.holder.name)),
            (gettext("账单编号"), opaque_id("ivc", found.pk)),
            *_sums(found),
        ],
        tables=[_charges(found) if is_sponsor else _shares(found)],
        entries=_budgets(found),
        foot=gettext("1 币 = 1 MB。金额精确到分；每一行都能查到逐笔交易。"),
    )


def _sums(found: Invoice) -> list[tuple[str, str]]:
    if found.side == Invoice.Side.MERCHANT:
        return [
            (gettext("收到并结清的币"), f"{found.coins:,}"),
            (gettext("单价（元／1,000 币）"), in_yuan(found.fen_per_1000)),
            _due_in_yuan(found),
        ]
    return [
        (gettext("上期未结（元）"), in_yuan(found.opening_fen)),
        (gettext("采购（元）"), in_yuan(found.ordered_fen)),
        (gettext("更正（元）"), in_yuan(found.corrected_fen)),
        (gettext("已付（元）"), in_yuan(found.paid_fen)),
        _due_in_yuan(found),
    ]


def _due_in_yuan(found: Invoice) -> tuple[str, str]:
    words, fen = _due(found)
    return gettext("%(what)s（元）") % {"what": words}, in_yuan(fen)


def _whole(number: int, *, sign: str = "") -> str:
    return f"{number:{sign},}".replace("-", "−")


def _charges(found: Invoice) -> Table:
    rows = [
        (
            line_words(line.kind, address=line.address),
            instant_in_words(line.at)[:10] if line.at else "",
            carrier_words(line.issuer_id) if line.issuer_id else "",
            _whole(line.coins),
            in_yuan(line.amount),
        )
        for line in charges_of(found)
    ]
    heads = (gettext("事项"), gettext("日期"), gettext("发行方"), gettext("币"), gettext("元"))
    return Table(title=gettext("采购"), heads=heads, rows=rows, words=3)


def _shares(found: Invoice) -> Table:
    rows = [
        (carrier_words(share.issuer_id), "", "", f"{share.coins:,}", in_yuan(share.fen))
        for share in shares_of(found)
    ]
    heads = (gettext("发行方"), "", "", gettext("币"), gettext("元"))
    return Table(title=gettext("由谁支付"), heads=heads, rows=rows)


def _budgets(found: Invoice) -> Table:
    lines = list(budgets_of(found))
    named = campaigns_named(lines)
    rows = (
        (
            asset_words(line.asset),
            line_words(line.kind, address=line.address),
            place_words(line.address, named=named),
            f"{line.transactions:,}",
            _whole(line.amount, sign="+"),
        )
        for line in lines
    )
    heads = (gettext("币种"), gettext("事项"), gettext("账户"), gettext("笔数"), gettext("数量"))
    return Table(title=gettext("预算的变化"), heads=heads, rows=rows, words=3, widths=_BUDGETS_MM)


def _file(found: Invoice) -> str:
    return f"flow-coin-invoice-{month_name(found.month)}"


def _asked(request: HttpRequest, organisation: str, name: str) -> Invoice:
    return invoice_of(
        user=_user(request),
        organisation_id=uuid_in("hld", organisation),
        invoice_id=uuid_in("ivc", name),
    )


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
