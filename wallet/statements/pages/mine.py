"""A subscriber's month: which there are, one of them on a page, as a table, on paper."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from ledger.rules import instant_in_words, month_name
from wallet.holders.models import Holder
from wallet.holders.queries import holder_of
from wallet.holders.sentences import asset_words, unit_words
from wallet.home.sentences import entry_words, place_words
from wallet.statements.pages.paper import ROWS_MAX, Paper, Table, drawn
from wallet.statements.queries import (
    MonthStatement,
    lines_of_month,
    month_asked,
    month_statement,
    months_of,
    name_of,
)


@login_required
@require_GET
def months(request: HttpRequest) -> HttpResponse:
    """Show which months I may have a statement of."""
    holder = holder_of(request.user)
    names = [month_name(month) for month in months_of(holder, now=timezone.now())]
    return render(request, "statements/months.html", {"months": names})


@login_required
@never_cache
@require_GET
def month(request: HttpRequest, month: str) -> HttpResponse:
    """Show my month: what was there, came, went and is left, place by place."""
    holder = holder_of(request.user)
    found = month_statement(holder, month=month_asked(month, now=timezone.now()))
    places = [(place, place_words(place.address)) for place in found.places]
    context = {"statement": found, "month": month, "places": places}
    return render(request, "statements/month.html", context)


@login_required
@require_GET
def month_csv(request: HttpRequest, month: str) -> HttpResponse:
    """Lead to the month's entries as a table."""
    asked = month_name(month_asked(month, now=timezone.now()))
    return redirect(f"{reverse('history_csv')}?month={asked}")


@login_required
@never_cache
@require_GET
def month_pdf(request: HttpRequest, month: str) -> HttpResponse:
    """Send my month on paper, in my language."""
    holder = holder_of(request.user)
    asked = month_asked(month, now=timezone.now())
    raw = drawn(_paper(holder, month_statement(holder, month=asked)))
    head = {"Content-Disposition": f'attachment; filename="{name_of(asked)}.pdf"'}
    return HttpResponse(raw, content_type="application/pdf", headers=head)


def _paper(holder: Holder, found: MonthStatement) -> Paper:
    name = month_name(found.month)
    facts = [
        (gettext("户名"), str(holder.name or gettext("本人"))),
        (gettext("手机号"), _masked(holder)),
        (gettext("状态"), _state_words(found)),
    ]
    if found.root:
        facts.append((gettext("封存根"), found.root))
    more = ""
    if found.entries > ROWS_MAX:
        more = gettext("还有 %(rows)s 行没有印出，请看表格文件。") % {
            "rows": f"{found.entries - ROWS_MAX:,}"
        }
    return Paper(
        title=gettext("流量币月结单 %(month)s") % {"month": name},
        facts=facts,
        tables=[_sums(found)],
        entries=_entries(holder, month=found.month),
        foot=gettext("1 币 = 1 MB。每笔交易都可以下载凭证自行核验。"),
        more=more,
    )


def _masked(holder: Holder) -> str:
    phone = holder.user.phone.removeprefix("+86") if holder.user else ""
    return f"{phone[:3]}****{phone[-4:]}" if phone else "–"


def _state_words(found: MonthStatement) -> str:
    return gettext("已结账") if found.is_final else gettext("这个月还没有结账，数字可能再变")


def _sums(found: MonthStatement) -> Table:
    rows = [
        (
            f"{place_words(place.address)} · {asset_words(line.asset)}",
            *(f"{number:,}" for number in (line.opening, line.came, line.went, line.closing)),
        )
        for place in found.places
        for line in place.lines
    ]
    heads = (gettext("账户"), gettext("月初"), gettext("收入"), gettext("支出"), gettext("月末"))
    return Table(title=gettext("合计"), heads=heads, rows=rows)


def _entries(holder: Holder, *, month: date) -> Table:
    heads = (
        gettext("时间"),
        gettext("事项"),
        gettext("账户"),
        gettext("数量"),
        gettext("之后余额"),
    )
    return Table(title=gettext("逐笔"), heads=heads, rows=_entry_rows(holder, month=month), words=3)


def _entry_rows(holder: Holder, *, month: date) -> Iterator[tuple[str, ...]]:
    for entry in islice(lines_of_month(holder, month=month), ROWS_MAX):
        after = entry.balance_after
        yield (
            instant_in_words(entry.transaction.at),
            entry_words(entry),
            place_words(entry.account.address),
            f"{entry.amount:+,} {unit_words(entry.account.asset)}",
            "" if after is None else f"{after:,}",
        )
