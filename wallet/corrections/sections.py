"""The part of a month's page in the admin that says what came after its close."""

from datetime import date
from typing import Any

from ledger.models import Month
from ledger.queries import month_state
from ledger.rules import month_name
from ledger.sections import Section
from wallet.carriers.rules import masked, masked_in
from wallet.corrections.queries import (
    Corrected,
    Correction,
    changed_figures,
    corrected_in,
    corrections_of,
)
from wallet.corrections.sentences import correction_words, moved_words, why_late
from wallet.holders.rules import opaque_id

PAGE_ROWS = 50
CHANGED_SHOWN = 20


def after_the_close(month: date, page: int) -> Section | None:
    """Return what was posted for a month after its close, a page of it; None where nothing was."""
    context = told(month, page=page)
    if not (context["sums"] or context["changed"]):
        return None
    return Section(template="corrections/admin.html", context=context)


def told(month: date, *, carrier: str = "", page: int = 0) -> dict[str, Any]:
    """Return what pages say of a month's corrections: sums, one by one, what waits."""
    sums = corrected_in(month, carrier=carrier)
    rows = corrections_of(month, carrier=carrier, skip=page * PAGE_ROWS, limit=PAGE_ROWS)
    count = sum(each.transactions for each in sums)
    return {
        "sums": [_said(each) for each in sums],
        "count": count,
        "rows": [_said(each) for each in rows],
        "changed": [
            (each, masked_in(text=each.reference))
            for each in changed_figures(month, carrier=carrier)[:CHANGED_SHOWN]
        ],
        "is_closed": month_state(month) == Month.State.CLOSED,
        "page": page,
        "older": page + 1 if (page + 1) * PAGE_ROWS < count else None,
    }


def _said(each: Correction | Corrected) -> dict[str, Any]:
    """Return a correction, or what several come to, with its words."""
    named: dict[str, str] = {}
    if isinstance(each, Correction):
        named = {
            "name": opaque_id("txn", each.transaction),
            "number": masked(msisdn=each.msisdn) if each.msisdn else "",
        }
    return {
        "row": each,
        "words": correction_words(each.kind),
        "why": why_late(kind=each.kind, file=each.file, is_late=each.is_late),
        "posted": month_name(each.posted),
        "moved": moved_words(each.moved),
        **named,
    }
