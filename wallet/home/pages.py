"""Home, history, inbox and the subscriber's own page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from ledger.exports.rules.spreadsheet import spreadsheet
from ledger.models import Account, Entry
from ledger.months.queries import statement_at
from ledger.rules import COIN, instant_in_words, month_after, month_name, month_named, month_of
from wallet.contacts.queries import names_by_number
from wallet.gift.models import Gift
from wallet.gift.queries import gifts_waiting_for, sender_words, token_for
from wallet.holders.models import Holder, Member, Number, TextMessage, User
from wallet.holders.operations import read_inbox
from wallet.holders.queries import holder_of, inbox_of, main_of, numbers_of
from wallet.holders.rules import entry_name, opaque_id
from wallet.holders.sentences import asset_words
from wallet.holders.set_aside import SetAside, set_aside_of
from wallet.home.queries import entries_of, other_sides, wallet_of
from wallet.home.sections import OF_HOME, OF_MEMBER
from wallet.home.sentences import entry_words, notice_page, notice_words, page_of, place_words

PAGE_ROWS = 30
RECENT_ROWS = 6
GIFTS_SHOWN = 5
MONTHS_SHOWN = 13
TEXTS_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry as a person reads it."""

    at: datetime
    words: str
    place: str
    asset: str
    goods: str
    amount: int
    balance: int | None
    url: str
    name: str
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What is set aside for one reason."""

    reason: str
    rows: list[SetAside]
    coins: int


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what I have, what waits and why, and what happened last."""
    if not request.user.is_authenticated:
        return render(request, "home/welcome.html")
    holder = _holder_or_none(request)
    if holder is None:
        return redirect("me")
    now = timezone.now()
    wallet = wallet_of(holder, now=now)
    waiting = _waiting(holder)
    context = {
        "wallet": wallet,
        "gifts": _gifts(holder, numbers=wallet.numbers, now=now),
        "waiting": waiting,
        "waiting_coins": sum(each.coins for each in waiting),
        "sections": OF_HOME.built(holder, now),
        "lines": _lines(list(entries_of(holder, numbers=wallet.numbers)[:RECENT_ROWS])),
        "unread": inbox_of(holder).filter(read_at=None).count(),
        "month": month_of(now),
    }
    return render(request, "home/home.html", context)


@login_required
@require_GET
def history(request: HttpRequest) -> HttpResponse:
    """Show my entries, newest first, a page at a time."""
    holder = holder_of(request.user)
    month = _month_asked(request)
    entries = entries_of(holder, month=month)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        entries = entries.filter(id__lt=int(before))
    rows = list(entries[: PAGE_ROWS + 1])
    this_month = month_of(timezone.now())
    context = {
        "lines": _lines(rows[:PAGE_ROWS]),
        "older": rows[PAGE_ROWS - 1].pk if len(rows) > PAGE_ROWS else None,
        "is_first": not before,
        "month": month_name(month) if month else "",
        "statement": statement_at(main_of(holder), month=month) if month else [],
        "months": [month_name(month_after(this_month, -back)) for back in range(MONTHS_SHOWN)],
    }
    return render(request, "home/history.html", context)


@login_required
@require_GET
def history_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Send my entries as a file that spreadsheets open."""
    month = _month_asked(request)
    entries = entries_of(holder_of(request.user), month=month)
    rows = _csv_rows(entries.iterator(chunk_size=500), language=translation.get_language())
    name = f"flow-coin-{month_name(month) if month else 'all'}.csv"
    return StreamingHttpResponse(
        spreadsheet(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _csv_rows(entries: Iterator[Entry], *, language: str | None) -> Iterator[tuple[object, ...]]:
    # The rows are made after the view has returned, when no language is set any more.
    with translation.override(language):
        heads = (
            gettext("时间"),
            gettext("事项"),
            gettext("账户"),
            gettext("品种"),
            gettext("品种代码"),
            gettext("数量"),
            gettext("之后余额"),
            gettext("交易编号"),
        )
        yield heads
    for entry in entries:
        with translation.override(language):
            row = (
                instant_in_words(entry.transaction.at),
                entry_words(entry),
                place_words(entry.account.address),
                asset_words(entry.account.asset),
                entry.account.asset,
                entry.amount,
                entry.balance_after,
                entry.transaction_id,
            )
        yield row


@login_required
@require_http_methods(["GET", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what I was told; a POST marks all of it as read."""
    holder = holder_of(request.user)
    if request.method == "POST":
        read_inbox(holder=holder, now=timezone.now())
        return redirect("inbox")
    notices = list(inbox_of(holder)[:PAGE_ROWS])
    context = {
        "notices": [(notice, notice_words(notice), notice_page(notice)) for notice in notices],
        "has_unread": any(notice.read_at is None for notice in notices),
    }
    return render(request, "home/inbox.html", context)


@login_required
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Show who I am: my numbers, my level, the organisations I act for."""
    holder = _holder_or_none(request)
    assert isinstance(request.user, User)
    memberships = Member.objects.filter(user=request.user).select_related("organisation")
    context = {
        "holder": holder,
        "numbers": numbers_of(holder) if holder else [],
        "memberships": list(memberships),
        "sections": OF_MEMBER.built(request.user) if memberships else [],
        "unread": inbox_of(holder).filter(read_at=None).count() if holder else 0,
    }
    return render(request, "home/me.html", context)


@require_GET
def demo_inbox(request: HttpRequest) -> HttpResponse:
    """Show the texts that would have gone to phones; only in the demo.

    Raises:
        Http404: this is not the demo.
    """
    if not settings.DEMO:
        raise Http404
    texts = TextMessage.objects.order_by("-id")
    phone = request.GET.get("phone", "").strip()
    if phone:
        texts = texts.filter(phone__endswith=phone)
    return render(request, "home/demo_inbox.html", {"texts": texts[:TEXTS_SHOWN], "phone": phone})


@require_GET
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead those who ask for it by its old name to the icon."""
    return redirect(static("wallet/favicon.svg"))


def _holder_or_none(request: HttpRequest) -> Holder | None:
    return Holder.objects.filter(user=request.user.pk).select_related("user").first()


def _month_asked(request: HttpRequest) -> date | None:
    """Return the month in the address; what is no month asks for all."""
    try:
        return month_named(request.GET.get("month", ""))
    except ValueError:
        return None


def _gifts(
    holder: Holder, *, numbers: Iterable[Number], now: datetime
) -> list[tuple[Gift, str, str]]:
    """Return the gifts only this holder may claim, each with its link's token and its sender."""
    waiting = gifts_waiting_for(holder, numbers=numbers, now=now)
    rows = list(waiting.prefetch_related("sender__numbers")[:GIFTS_SHOWN])
    kept = names_by_number(holder) if rows else {}
    return [(gift, token_for(gift), sender_words(gift, kept=kept)) for gift in rows]


def _lines(entries: list[Entry]) -> list[Line]:
    sides = other_sides(entries)
    return [_line(entry, sides.get(entry.transaction_id, [])) for entry in entries]


def line_of_entry(entry: Entry) -> Line:
    """Return one entry as a person reads it."""
    return _lines([entry])[0]


def _line(entry: Entry, others: list[str]) -> Line:
    return Line(
        at=entry.transaction.at,
        words=entry_words(entry),
        place=place_words(entry.account.address),
        asset=entry.account.asset,
        goods=_goods(entry.account),
        amount=entry.amount,
        balance=entry.balance_after,
        url=page_of(entry.transaction.kind, others),
        name=entry_name(entry.pk),
        receipt=opaque_id("txn", entry.transaction_id),
    )


def _goods(account: Account) -> str:
    """Say what was moved where its place does not say so already."""
    is_said = account.asset == COIN or account.address.startswith("line/")
    return "" if is_said else asset_words(account.asset)


def _waiting(holder: Holder) -> list[Waiting]:
    found = set_aside_of(holder)
    return [
        Waiting(
            reason=reason,
            rows=rows,
            coins=sum(row.amount for row in rows if row.asset == COIN),
        )
        for reason, rows in found.items()
        if rows
    ]
