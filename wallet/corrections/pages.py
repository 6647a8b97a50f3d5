"""HTML for those who speak for a carrier: what came after the close of a month."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ledger.rules import count_said
from wallet.corrections.queries import month_asked
from wallet.corrections.sections import told
from wallet.offices.pages import user_of
from wallet.offices.queries import office_of


@login_required
@require_GET
def corrections(request: HttpRequest, carrier: str, month: str) -> HttpResponse:
    """Show a carrier what was posted for its part of a month after the close, a page at a time."""
    office, _role = office_of(user=user_of(request), carrier=carrier)
    page = count_said(request.GET.get("page", ""))
    context = told(month_asked(month), carrier=office.carrier_id, page=page)
    return render(
        request, "corrections/corrections.html", {"office": office, "month": month, **context}
    )
