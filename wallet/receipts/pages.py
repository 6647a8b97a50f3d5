"""Pages on which a subscriber takes home a receipt, and what verifies it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from ledger.receipts.queries import VERIFIER, has_receipt
from ledger.seals.queries import seal_keys
from wallet.holders.queries import holder_of
from wallet.holders.rules import uuid_in
from wallet.home.pages import line_of_entry
from wallet.receipts.queries import own_receipt, own_side

SENTENCES = {
    "not_sealed": _("这笔交易还没有封存，通常在一分钟内完成。请稍后再下载凭证。"),
    "unknown_transaction": _("没有找到您的这笔交易。链接可能写错了。"),
}


@login_required
@never_cache
@require_GET
def receipt(request: HttpRequest, transaction: str) -> HttpResponse:
    """Show what a receipt proves, where to take it, and how to verify it."""
    found = uuid_in("txn", transaction)
    own = own_side(holder=holder_of(request.user), transaction=found)
    context = {
        "name": transaction,
        "transaction": found,
        "lines": [line_of_entry(entry) for entry in own],
        "is_ready": has_receipt(found),
        "key": keys[-1] if (keys := seal_keys()) else "",
    }
    return render(request, "receipts/receipt.html", context)


@login_required
@never_cache
@require_GET
def receipt_file(request: HttpRequest, transaction: str) -> HttpResponse:
    """Send the receipt as a file."""
    found = uuid_in("txn", transaction)
    raw = own_receipt(holder=holder_of(request.user), transaction=found)
    return _file(raw, name=f"receipt-{transaction}.json", content_type="application/json")


@require_GET
def verifier(request: HttpRequest) -> HttpResponse:
    """Send the program that verifies receipts, to anybody."""
    return _file(VERIFIER.read_bytes(), name=VERIFIER.name, content_type="text/x-python")


def _file(raw: bytes, *, name: str, content_type: str) -> HttpResponse:
    head = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(raw, content_type=content_type, headers=head)
