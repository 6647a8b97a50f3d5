"""The organisations I act for: who belongs, who is asked, and switching between them."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wallet.holders.models import Holder, Member, User
from wallet.holders.pages import KeyedForm, form_refusals, refusals_said
from wallet.holders.queries import holder_of
from wallet.holders.rules import opaque_id, uuid_in
from wallet.holders.sentences import ROLES
from wallet.organisations.acting import act_for, acting_for
from wallet.organisations.models import MemberEvent
from wallet.organisations.operations import (
    accept_invitation,
    change_role,
    end_invitation,
    invite_member,
    remove_member,
)
from wallet.organisations.queries import (
    invitation_of,
    invitations_for,
    member_history_of,
    member_of,
    members_of,
    membership_of,
    memberships_of,
    open_invitations_of,
)

EVENTS_SHOWN = 20
SENTENCES = {
    "not_an_owner": _("只有负责人能改成员。"),
    "bad_role": _("请选一个角色。"),
    "last_owner": _("机构至少要有一位负责人。请先让别人负责。"),
    "invitation_gone": _("这个邀请已经处理过，或者过期了。"),
}
NOTICES = {"invited": _("%(organisation)s 邀请您一起办事。请到“我的”里答复。")}
EVENTS = {
    MemberEvent.Kind.JOINED: _("加入机构"),
    MemberEvent.Kind.CHANGED: _("换了角色"),
    MemberEvent.Kind.LEFT: _("离开机构"),
}


class InviteForm(KeyedForm):
    """Whom to ask, and into which role."""

    msisdn = forms.CharField(
        label=_("手机号"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("角色"), choices=list(ROLES.items()), initial="viewer")


@login_required
@never_cache
@require_GET
def organisations(request: HttpRequest) -> HttpResponse:
    """Show the organisations I belong to, and those that ask me."""
    user = _user(request)
    holder = Holder.objects.filter(user=user, closed_at=None).first()
    asked = invitations_for(holder, now=timezone.now()) if holder else ()
    context = {
        "memberships": [
            (one, opaque_id("hld", one.organisation_id)) for one in memberships_of(user)
        ],
        "invitations": [(one, opaque_id("inv", one.pk)) for one in asked],
        "acting": acting_for(request),
    }
    return render(request, "organisations/organisations.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def organisation(request: HttpRequest, organisation_id: str) -> HttpResponse:
    """Show who belongs to an organisation; its owners ask others."""
    mine = _membership(request, organisation_id)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        asked = {"msisdn": form.cleaned_data["msisdn"], "role": form.cleaned_data["role"]}
        with form_refusals(form):
            invite_member(
                organisation=mine.organisation,
                by=_user(request),
                key=form.asked_key,
                now=timezone.now(),
                **asked,
            )
            messages.success(request, gettext("邀请已经发出。"))
            return redirect("organisation", organisation_id)
    found = mine.organisation
    invited = open_invitations_of(found, now=timezone.now())
    events = member_history_of(found)[:EVENTS_SHOWN]
    context = {
        "organisation": found,
        "organisation_id": organisation_id,
        "mine": mine,
        "owns": mine.role == Member.Role.OWNER,
        "members": [(one, opaque_id("mbr", one.pk)) for one in members_of(found)],
        "invitations": [(one, opaque_id("inv", one.pk)) for one in invited],
        "history": [(one, EVENTS[MemberEvent.Kind(one.kind)]) for one in events],
        "roles": ROLES,
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "organisations/organisation.html", context, status=status)


@login_required
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Act for an organisation from now on, or for myself again."""
    name = request.POST.get("organisation", "")
    if not name:
        act_for(request, organisation="", name="")
        return redirect("organisations")
    mine = _membership(request, name)
    act_for(request, organisation=name, name=mine.organisation.name)
    return redirect("organisation", name)


@login_required
@require_POST
def member(request: HttpRequest, organisation_id: str, member_id: str) -> HttpResponse:
    """Give a member another role, or, without one, let it go."""
    user, found = _user(request), _membership(request, organisation_id).organisation
    one = member_of(organisation=found, member_id=uuid_in("mbr", member_id))
    role, now = request.POST.get("role", ""), timezone.now()
    with refusals_said(request):
        if role:
            change_role(organisation=found, by=user, member=one, role=role, now=now)
            messages.success(request, gettext("角色已经改好。"))
            return redirect("organisation", organisation_id)
        remove_member(organisation=found, by=user, member=one, now=now)
        messages.success(request, gettext("已经离开机构。"))
        if one.user_id == user.pk:
            act_for(request, organisation="", name="")
            return redirect("organisations")
    return redirect("organisation", organisation_id)


@login_required
@require_POST
def answer(request: HttpRequest, invitation_id: str) -> HttpResponse:
    """Accept an invitation; without saying so, decline or withdraw it."""
    holder, now = holder_of(request.user), timezone.now()
    found = invitation_of(holder=holder, invitation_id=uuid_in("inv", invitation_id))
    with refusals_said(request):
        if "accept" in request.POST:
            accept_invitation(invitation=found, holder=holder, now=now)
            return redirect("organisation", opaque_id("hld", found.organisation_id))
        end_invitation(invitation=found, holder=holder, now=now)
        messages.success(request, gettext("邀请已经作废。"))
    return redirect("organisations")


def _membership(request: HttpRequest, organisation_id: str) -> Member:
    return membership_of(user=_user(request), organisation_id=uuid_in("hld", organisation_id))


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
