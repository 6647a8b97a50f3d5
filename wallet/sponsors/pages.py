"""HTML for a sponsor's members: its budget, its campaigns, the secret of its postbacks."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ledger.rules import AMOUNT_MAX
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Member, User
from wallet.holders.operations import refuse_frozen_person
from wallet.holders.pages import KeyedForm, form_refusals
from wallet.holders.rules import opaque_id, uuid_in
from wallet.organisations.acting import acting_for
from wallet.sponsors.models import Sponsor
from wallet.sponsors.operations import (
    NAME_LENGTH_MAX,
    launch_campaign,
    rotate_postback_secret,
)
from wallet.sponsors.queries import (
    NotAMember,
    budget_of,
    budgets_left,
    campaigns_of,
    may_manage,
    orders_of,
    role_in,
    secret_of,
    sponsor_with,
    sponsors_of,
)

ORDERS_SHOWN = 20
SENTENCES = {
    "not_a_member": _("您不代表这家机构，或者没有办这件事的权限。"),
    "sponsor_budget_spent": _("预算不够：要 %(coins)s 币，只有 %(left)s 币。"),
    "bad_campaign_name": _("活动名称要有 1 到 64 个字。"),
}


class LaunchForm(KeyedForm):
    """A new campaign's name and its first coins."""

    name = forms.CharField(label=_("活动名称"), max_length=NAME_LENGTH_MAX)
    coins = forms.IntegerField(label=_("预算，币"), min_value=1, max_value=AMOUNT_MAX)


def member_asked(request: HttpRequest, sponsor_id: str) -> tuple[Sponsor, Member.Role]:
    """Return the sponsor an address names and the role in it of whoever asks.

    Raises:
        UnknownId: no sponsor has this id.
        NotAMember: whoever asks has no role in it.
    """
    sponsor = sponsor_with(uuid_in("hld", sponsor_id))
    return sponsor, role_in(sponsor=sponsor, user=_user(request))


def manager_asked(request: HttpRequest, sponsor_id: str) -> Sponsor:
    """Return the sponsor an address names, if whoever asks may move its coins.

    Raises:
        UnknownId: no sponsor has this id.
        NotAMember, HolderFrozen: whoever asks may not.
    """
    sponsor, role = member_asked(request, sponsor_id)
    if not may_manage(role):
        raise NotAMember("Your role in this sponsor does not allow this.")
    refuse_frozen_person(_user(request))
    return sponsor


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@login_required
@require_GET
def sponsors(request: HttpRequest) -> HttpResponse:
    """Show the sponsors I speak for; the only one at once."""
    found = [(one, opaque_id("hld", one.pk)) for one in sponsors_of(_user(request))]
    acting = acting_for(request)
    chosen = [name for _one, name in found if name == acting or len(found) == 1]
    if chosen:
        return redirect("sponsor_page", chosen[0])
    return render(request, "sponsors/sponsors.html", {"sponsors": found})


@login_required
@require_GET
def sponsor(request: HttpRequest, sponsor_id: str) -> HttpResponse:
    """Show a sponsor's budget, campaigns, orders and, to who may use it, its secret."""
    found, role = member_asked(request, sponsor_id)
    campaigns = list(campaigns_of(found))
    left = budgets_left([one.pk for one in campaigns])
    door = reverse("api_postbacks", args=[sponsor_id])
    context = {
        "sponsor": found,
        "sponsor_id": sponsor_id,
        "manages": may_manage(role),
        "budget": budget_of(found),
        "in_campaigns": sum(left.values()),
        "campaigns": [(one, opaque_id("cmp", one.pk), left[one.pk]) for one in campaigns],
        "orders": orders_of(found)[:ORDERS_SHOWN],
        "secret": secret_of(found) if may_manage(role) else "",
        "door": f"{settings.PUBLIC_URL}{door}",
    }
    return render(request, "sponsors/sponsor.html", context)


@login_required
@require_POST
def rotate_secret(request: HttpRequest, sponsor_id: str) -> HttpResponse:
    """Give the sponsor a new secret."""
    rotate_postback_secret(sponsor=manager_asked(request, sponsor_id), now=timezone.now())
    messages.success(request, gettext("密钥已更换，旧密钥从现在起无效。"))
    return redirect("sponsor_page", sponsor_id)


@login_required
@require_http_methods(["GET", "POST"])
def campaign_new(request: HttpRequest, sponsor_id: str) -> HttpResponse:
    """Launch a campaign with coins of the sponsor's budget."""
    found = manager_asked(request, sponsor_id)
    form = LaunchForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        name, coins = form.cleaned_data["name"], form.cleaned_data["coins"]
        with form_refusals(form):
            launched = at_the_clock(
                lambda now: launch_campaign(
                    sponsor=found, name=name, coins=coins, key=form.asked_key, now=now
                )
            )
            return redirect("campaign", sponsor_id, opaque_id("cmp", launched.pk))
    context = {"sponsor": found, "sponsor_id": sponsor_id, "form": form, "budget": budget_of(found)}
    return render(request, "sponsors/campaign_new.html", context)
