"""What staff fill in: a proposal by legs or by what it reverses, a decision, a limit."""

from typing import Any, cast
from uuid import UUID, uuid4

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from ledger.adjustments.models import AdjustmentLimit, Proposal
from ledger.adjustments.operations import (
    propose_adjustment,
    propose_reversal,
    set_adjustment_limit,
)
from ledger.adjustments.queries import legs_reversing, open_proposals
from ledger.adjustments.rules import ATTACHMENT_LENGTH_MAX, REASON_LENGTH_MIN, Person
from ledger.adjustments.sentences import said
from ledger.refusals import Refusal
from ledger.registry import DeskLink
from ledger.rules import AMOUNT_MAX, COIN, Leg

LINES = 4
LINES_MAX = 40
LIMITED = [("propose", _("提议")), ("approve", _("批准"))]
ASSET = r"COIN|CNY|(SURPLUS|DATA|VOUCHER|DIRECT-[a-z0-9]+)-[A-Z]{2,4}-20[0-9]{2}-(0[1-9]|1[0-2])"


DESK = DeskLink(
    title=_("调整与冲正"),
    url_name="admin:ledger_proposal_changelist",
    permission="ledger.view_proposal",
    waiting=lambda: open_proposals(now=timezone.now()).count(),
)


class BothAtOnce(Refusal):
    """Legs and reversals were asked for in one form."""

    code = "both_at_once"
    status = 422


def person_of(request: HttpRequest) -> Person:
    """Return who of the staff asks, in which roles, from where."""
    user: Any = request.user
    return Person(
        id=user.pk,
        roles=frozenset(user.groups.values_list("name", flat=True)),
        address=get_adapter().get_client_ip(request),
    )


class LegForm(forms.Form):
    """One line: where, what, and how much comes in (or goes out, if negative)."""

    address = forms.CharField(
        max_length=128,
        widget=UnfoldAdminTextInputWidget(
            attrs={
                "aria-label": _("地址"),
                "placeholder": _("地址"),
                "list": "addresses",
                "autocomplete": "off",
                "hx-get": reverse_lazy("admin:ledger_proposal_addresses"),
                "hx-trigger": "input changed delay:300ms",
                "hx-target": "#addresses",
            }
        ),
    )
    asset = forms.RegexField(
        f"^({ASSET})$",
        initial=COIN,
        widget=UnfoldAdminTextInputWidget(attrs={"aria-label": _("品种"), "list": "assets"}),
        error_messages={"invalid": _("COIN、CNY，或者像 DATA-CT-2026-11。")},
    )
    amount = forms.IntegerField(
        min_value=-AMOUNT_MAX,
        max_value=AMOUNT_MAX,
        widget=UnfoldAdminIntegerFieldWidget(
            attrs={"aria-label": _("数量"), "placeholder": _("数量")}
        ),
    )


class BaseLegs(forms.BaseFormSet):  # type: ignore[type-arg]
    """The lines that were filled in."""

    def legs(self) -> tuple[Leg, ...]:
        """Return the legs of the lines that say something."""
        lines = (form.cleaned_data for form in self.forms if form.has_changed())
        return tuple(Leg(line["address"].strip(), line["asset"], line["amount"]) for line in lines)


def leg_lines(asked: Any = None) -> BaseLegs:
    """Return the lines to fill in, or those that were, and some more if that was asked."""
    if asked is not None and "_more" in asked:
        asked = asked.copy()
        there = asked.get("form-TOTAL_FORMS", "")
        lines = int(there) if there.isdigit() else 0
        asked["form-TOTAL_FORMS"] = str(min(lines + LINES, LINES_MAX))
        for place in range(lines, lines + LINES):
            asked[f"form-{place}-asset"] = COIN
    factory = forms.formset_factory(LegForm, formset=BaseLegs, extra=LINES, max_num=LINES_MAX)
    return cast("BaseLegs", factory(asked))


class ProposalForm(forms.Form):
    """Why, and what to reverse if that is what is proposed."""

    reverses = forms.CharField(
        required=False,
        label=_("要冲正的交易"),
        help_text=_("每行一个编号：要么全部冲正，要么一笔也不。提分录时留空。"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )
    reason = forms.CharField(
        label=_("理由"),
        min_length=REASON_LENGTH_MIN,
        max_length=4_000,
        help_text=_("发生了什么，为什么这样就对了。另一个人凭它来判断。"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    attachment = forms.CharField(
        label=_("附件（文字）"),
        required=False,
        max_length=ATTACHMENT_LENGTH_MAX,
        help_text=_("来函、对账单的行、工单编号：能证明它的都可以。"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def clean_reverses(self) -> tuple[UUID, ...]:
        """Return the ids."""
        try:
            return tuple(UUID(word) for word in self.cleaned_data["reverses"].split())
        except ValueError as error:
            raise forms.ValidationError(_("交易编号有 36 个字符。")) from error

    def postings(self, lines: BaseLegs) -> list[tuple[Leg, ...]]:
        """Return what would be posted."""
        reversed_ones = self.cleaned_data["reverses"]
        return legs_reversing(reversed_ones) if reversed_ones else [lines.legs()]

    def propose(self, lines: BaseLegs, *, by: Person) -> Proposal | None:
        """Propose it; None if it is refused, which the form then says."""
        asked = self.cleaned_data
        told = {name: asked[name] for name in ("reason", "attachment", "key")}
        try:
            if not asked["reverses"]:
                return propose_adjustment(legs=lines.legs(), by=by, now=timezone.now(), **told)
            if lines.legs():
                raise BothAtOnce("Propose legs, or what to reverse: not both at once.")
            return propose_reversal(
                transactions=asked["reverses"], by=by, now=timezone.now(), **told
            )
        except Refusal as refusal:
            self.add_error(None, forms.ValidationError(said(refusal), code=refusal.code))
            return None


class ApproveForm(forms.Form):
    """The second person's word that the legs were looked at."""

    compared = forms.BooleanField(
        label=_("我已经把要动的和理由对照过，没有错。"),
        widget=UnfoldBooleanWidget,
    )
    reason = forms.CharField(
        required=False,
        max_length=4_000,
        label=_("备注"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )


class DeclineForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label=_("理由"),
        min_length=REASON_LENGTH_MIN,
        max_length=4_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class WithdrawForm(forms.Form):
    """Why no more, if one likes to say."""

    reason = forms.CharField(
        required=False,
        max_length=4_000,
        label=_("备注"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )


class LimitForm(forms.ModelForm):  # type: ignore[type-arg]
    """A role's limit from now on."""

    set_by = ""
    role = forms.ModelChoiceField(
        Group.objects.order_by("name"),
        label=_("角色"),
        to_field_name="name",
        widget=UnfoldAdminSelectWidget,
    )
    act = forms.ChoiceField(label=_("可以做什么"), choices=LIMITED, widget=UnfoldAdminSelectWidget)
    units_each_max = forms.IntegerField(
        label=_("每次最多"),
        min_value=0,
        max_value=AMOUNT_MAX,
        help_text=_("每个提议的币、MB 或分；0 表示这个角色不能办。"),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    units_per_day_max = forms.IntegerField(
        label=_("每天最多"),
        min_value=0,
        max_value=AMOUNT_MAX,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    escrows = forms.BooleanField(
        label=_("可动留出的账户"),
        required=False,
        help_text=_("可以动为一件礼物、一张订单等留出的账户。"),
        widget=UnfoldBooleanWidget,
    )
    open_days = forms.IntegerField(
        label=_("开放天数"),
        required=False,
        min_value=1,
        max_value=90,
        help_text=_("只对提议：提议多少天内可以决定。"),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    reason = forms.CharField(
        label=_("理由"),
        min_length=REASON_LENGTH_MIN,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )

    class Meta:
        model = AdjustmentLimit
        fields = ()

    def clean(self) -> dict[str, Any] | None:
        """Set the limit as the operation does, so that its refusal shows beside the form."""
        cleaned = super().clean()
        if not self.errors:
            asked = self.cleaned_data
            try:
                self.instance = set_adjustment_limit(
                    **{name: asked[name] for name in ("act", "escrows", "open_days", "reason")},
                    role=asked["role"].name,
                    units_each_max=asked["units_each_max"],
                    units_per_day_max=asked["units_per_day_max"],
                    by=self.set_by,
                    now=timezone.now(),
                )
            except Refusal as refusal:
                raise forms.ValidationError(said(refusal), code=refusal.code) from refusal
        return cleaned

    def _post_clean(self) -> None:
        """Leave the instance alone: it is already the row that was stored."""
