"""HTML for those who speak for a carrier: its month statements, line by line."""

from collections.abc import Iterator

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from ledger.exports.rules.spreadsheet import spreadsheet
from ledger.rules import count_said, instant_in_words, month_name
from wallet.clearing.models import ClearingLine, ClearingStatement
from wallet.clearing.operations import confirm_lines, dispute_line
from wallet.clearing.queries import (
    entries_behind,
    line_in,
    lines_of,
    payments_due,
    references_of,
    statement_of,
    statements_of,
    sums_of,
)
from wallet.clearing.sentences import LINE_STATES, line_words
from wallet.corrections.sections import told
from wallet.holders.pages import refusals_said
from wallet.holders.rules import opaque_id, uuid_in
from wallet.offices.models import CarrierOffice
from wallet.offices.pages import user_of
from wallet.offices.queries import MANAGING, managed_office, office_of

PAGE_ROWS = 100


@login_required
@require_GET
def statements(request: HttpRequest, carrier: str) -> HttpResponse:
    """Show a carrier's month statements, the newest first."""
    office, _role = office_of(user=user_of(request), carrier=carrier)
    rows = [
        (row, opaque_id("stm", row.pk), month_name(row.clearing_id), sums_of(row))
        for row in statements_of(office.carrier_id)[:24]
    ]
    return render(request, "clearing/statements.html", {"office": office, "statements": rows})


@login_required
@require_GET
def statement(request: HttpRequest, carrier: str, name: str) -> HttpResponse:
    """Show a month's statement line by line, what it comes to, and who is to pay whom."""
    office, role = office_of(user=user_of(request), carrier=carrier)
    found = _statement(office, name)
    dues = [
        due
        for due in payments_due(found.clearing)
        if office.carrier_id in (due.debtor, due.creditor)
    ]
    context = {
        "office": office,
        "statement": found,
        "name": name,
        "month": month_name(found.clearing_id),
        "sums": sums_of(found),
        "lines": [_shown(line) for line in lines_of(found)],
        "dues": dues,
        "corrected": told(found.clearing_id, carrier=office.carrier_id),
        "may_speak": role in MANAGING and found.retired_at is None,
    }
    return render(request, "clearing/statement.html", context)


def _shown(line: ClearingLine) -> dict[str, object]:
    return {
        "line": line,
        "name": opaque_id("stl", line.pk),
        "words": line_words(line.kind),
        "state": LINE_STATES[ClearingLine.State(line.state)],
    }


@login_required
@require_GET
def behind_line(request: HttpRequest, carrier: str, name: str, line: str) -> HttpResponse:
    """Show the transactions a line resolves to, a page at a time."""
    office, _role = office_of(user=user_of(request), carrier=carrier)
    found = _line(office, name, line)
    page = count_said(request.GET.get("page", ""))
    rows = list(entries_behind(found)[page * PAGE_ROWS : (page + 1) * PAGE_ROWS + 1])
    own = found.side == ClearingLine.Side.CREDIT
    references = references_of(rows) if own else {}
    context = {
        "office": office,
        "name": name,
        "line": _shown(found),
        "rows": [
            (row, opaque_id("txn", row.transaction_id), references.get(row.transaction_id, ""))
            for row in rows[:PAGE_ROWS]
        ],
        "page": page,
        "older": page + 1 if len(rows) > PAGE_ROWS else None,
    }
    return render(request, "clearing/line.html", context)


@login_required
@require_POST
def confirm(request: HttpRequest, carrier: str, name: str) -> HttpResponse:
    """Confirm one line, or all that are open."""
    user = user_of(request)
    found = _statement(managed_office(user=user, carrier=carrier), name)
    asked = request.POST.get("line", "")
    with refusals_said(request):
        lines = [uuid_in("stl", asked)] if asked else []
        confirm_lines(statement=found, lines=lines, by=user, now=timezone.now())
        messages.success(request, gettext("已确认。"))
    return redirect("carrier_statement", carrier, name)


@login_required
@require_POST
def dispute(request: HttpRequest, carrier: str, name: str, line: str) -> HttpResponse:
    """Dispute a line with a reason."""
    user = user_of(request)
    found = _line(managed_office(user=user, carrier=carrier), name, line)
    with refusals_said(request):
        reason = request.POST.get("reason", "")
        dispute_line(line=found, reason=reason, by=user, now=timezone.now())
        messages.success(request, gettext("异议已记下，我们会答复。"))
    return redirect("carrier_statement", carrier, name)


@login_required
@require_GET
def statement_csv(request: HttpRequest, carrier: str, name: str) -> StreamingHttpResponse:
    """Send every transaction a statement's own lines resolve to, as a file for spreadsheets."""
    office, _role = office_of(user=user_of(request), carrier=carrier)
    found = _statement(office, name)
    file = f"clearing-{office.carrier_id}-{month_name(found.clearing_id)}.csv"
    return StreamingHttpResponse(
        spreadsheet(_csv_rows(found)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )


def _csv_rows(found: ClearingStatement) -> Iterator[tuple[object, ...]]:
    yield ("line", "kind", "counterpart", "at", "transaction", "reference", "coins")
    for line in lines_of(found):
        name = opaque_id("stl", line.pk)
        if line.side == ClearingLine.Side.CHARGE:
            yield (name, line.kind, line.counterpart_id, "", "", "", line.coins)
            continue
        rows = list(entries_behind(line))
        references = references_of(rows)
        for row in rows:
            at = instant_in_words(row.transaction.at)
            transaction = opaque_id("txn", row.transaction_id)
            reference = references.get(row.transaction_id, "")
            yield (name, line.kind, "", at, transaction, reference, row.amount)


def _statement(office: CarrierOffice, name: str) -> ClearingStatement:
    return statement_of(carrier=office.carrier_id, statement_id=uuid_in("stm", name))


def _line(office: CarrierOffice, name: str, line: str) -> ClearingLine:
    return line_in(statement=_statement(office, name), line_id=uuid_in("stl", line))
