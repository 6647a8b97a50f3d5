"""Where what a page shows comes live, with its reader's own orders: as long as the session lasts."""

import time
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from exchange.market.live.tickets import OWN_SECONDS, Ticket, live_address
from exchange.market.pages.parts import PARTS, form_of
from exchange.orders.models import Book
from exchange.orders.queries import book_of
from wallet.holders.models import Holder
from wallet.holders.queries import holder_of
from wallet.holders.rules import opaque_id, uuid_in

OWN_ONLY = "orders"  # a page of one's own orders, of no book
BOOKS_MAX = 20


def stream_of(holder: Holder, books: list[Book], *, page: str) -> dict[str, str]:
    """Return where a page's parts and its reader's orders come live, and where to ask anew."""
    names = urlencode({"book": [opaque_id("bok", book.pk) for book in books]}, doseq=True)
    again = reverse("market_live", args=[page])
    return {"live": _address(holder, books, page=page), "again": f"{again}?{names}"}


@login_required
@require_GET
def live_again(request: HttpRequest, page: str) -> HttpResponse:
    """Return where a page goes on coming live, for whoever is signed in still."""
    names = request.GET.getlist("book")[:BOOKS_MAX]
    if page not in PARTS and (page != OWN_ONLY or names):
        raise Http404
    books = [book_of(uuid_in("bok", name)) for name in names]
    answer = JsonResponse({"url": _address(holder_of(request.user), books, page=page)})
    answer["Cache-Control"] = "no-store"
    return answer


def _address(holder: Holder, books: list[Book], *, page: str) -> str:
    watched = tuple(book.pk for book in books)
    ends = int(time.time()) + OWN_SECONDS
    return live_address(
        Ticket(books=watched, holder_id=holder.pk, form=form_of(page), own_until=ends)
    )
