"""What the desk's pages share: who may come in, what surrounds a page, the index's numbers."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.audit.queries import title_of
from ledger.proofs.queries import latest_run
from ledger.registry import DeskLink, Found, desk_links
from ledger.seals.queries import sealing

MAY_READ = "ledger.view_transaction"
MAY_LOOK = "ledger.make_look"
PERSON = "holder"
PROOFS_EVERY = timedelta(hours=26)  # nightly, and two hours to run

View = Callable[..., HttpResponse]

LINKS = (
    DeskLink(title=_("试算平衡"), url_name="audit_trial", permission=MAY_READ),
    DeskLink(title=_("交易"), url_name="admin:ledger_transaction_changelist", permission=MAY_READ),
    DeskLink(
        title=_("全部账户"),
        url_name="admin:ledger_account_changelist",
        permission="ledger.view_account",
    ),
    DeskLink(
        title=_("月份与月结"),
        url_name="admin:ledger_month_changelist",
        permission="ledger.view_month",
    ),
    DeskLink(
        title=_("查证"),
        url_name="admin:ledger_proofrun_changelist",
        permission="ledger.view_proofrun",
    ),
    DeskLink(
        title=_("封存签名"),
        url_name="admin:ledger_head_changelist",
        permission="ledger.view_head",
    ),
    DeskLink(
        title=_("谁看过个人资料"),
        url_name="admin:ledger_look_changelist",
        permission="ledger.view_look",
    ),
)


def desk(permission: str) -> Callable[[View], View]:
    """Open a page to staff with a permission; others of the staff are forbidden to enter."""

    def opened(view: View) -> View:
        def entered(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **named)

        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            # Looked up when asked: the admin's package puts its own site in while apps load.
            found: HttpResponse = admin.site.admin_view(entered)(request, *args, **named)
            return found

        return answer

    return opened


def shown(
    request: HttpRequest, template: str, *, title: object, status: int = 200, **context: object
) -> HttpResponse:
    """Return a page of the desk with what surrounds every page of the admin."""
    request.current_app = admin.site.name
    surroundings = admin.site.each_context(request)
    return render(request, template, {**surroundings, "title": title, **context}, status=status)


def actor_of(request: HttpRequest) -> str:
    """Return who asks, as transactions and looks name actors."""
    return f"admin/{request.user.pk}"


def url_of(found: Found) -> str:
    """Return the page of something found: somebody's timeline, or what lies at its address."""
    return found.url or url_at(found.address)


def url_at(address: str) -> str:
    """Return the page of an address; a person's are all on the person's timeline."""
    kind, _slash, rest = address.partition("/")
    try:
        if kind == PERSON:
            return reverse("audit_person", args=[UUID(rest.split("/")[0])])
    except ValueError:
        pass
    return reverse("audit_address", args=[address])


def named(every: Iterable[Found]) -> list[dict[str, str]]:
    """Return what was found as a list shows it."""
    return [
        {"title": title_of(found), "address": found.address, "url": url_of(found)}
        for found in every
    ]


def desk_context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the desk to the admin's first page, for whoever may use it."""
    may_read = request.user.has_perm(MAY_READ)
    return {
        **context,
        "may_read": may_read,
        **(_checks(now=timezone.now()) if may_read else {}),
        "may_look": request.user.has_perm(MAY_LOOK),
        "desk_links": [
            {
                "title": link.title,
                "url": reverse(link.url_name),
                "waiting": link.waiting() if link.waiting else None,
            }
            for link in [*LINKS, *desk_links()]
            if request.user.has_perm(link.permission)
        ],
    }


def _checks(*, now: datetime) -> dict[str, Any]:
    """Return what the first page says of the last proofs and of the seals."""
    run = latest_run()
    is_late = run is None or run.started_at < now - PROOFS_EVERY
    return {"proof_run": run, "proofs_are_late": is_late, "sealing": sealing()}
