"""What staff fill in: a proposal by legs or by what it reverses, a decision, a limit."""

from typing import Any, cast
from uuid import UUID, uuid4

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils import timezone
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
from ledger.adjustments.queries import legs_reversing
from ledger.adjustments.rules import ATTACHMENT_LENGTH_MAX, REASON_LENGTH_MIN, Person
from ledger.refusals import Refusal
from ledger.rules import AMOUNT_MAX, Leg

LINES = 8
ASSET = r"COIN|CNY|(SURPLUS|DATA|VOUCHER|DIRECT-[a-z0-9]+)-[A-Z]{2,4}-20[0-9]{2}-(0[1-9]|1[0-2])"


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
                "aria-label": "Address",
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
        initial="COIN",
        widget=UnfoldAdminTextInputWidget(attrs={"aria-label": "Asset", "list": "assets"}),
        error_messages={"invalid": "COIN, CNY, or like DATA-CT-2026-11."},
    )
    amount = forms.IntegerField(
        min_value=-AMOUNT_MAX,
        max_value=AMOUNT_MAX,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"aria-label": "Amount"}),
    )


class BaseLegs(forms.BaseFormSet):  # type: ignore[type-arg]
    """The lines that were filled in."""

    def legs(self) -> tuple[Leg, ...]:
        """Return the legs of the lines that say something."""
        lines = (form.cleaned_data for form in self.forms if form.has_changed())
        return tuple(Leg(line["address"].strip(), line["asset"], line["amount"]) for line in lines)


def leg_lines(asked: Any = None) -> BaseLegs:
    """Return the lines to fill in, or those that were."""
    factory = forms.formset_factory(LegForm, formset=BaseLegs, extra=LINES, max_num=LINES * 5)
    return cast("BaseLegs", factory(asked))


class ProposalForm(forms.Form):
    """Why, and what to reverse if that is what is proposed."""

    reverses = forms.CharField(
        required=False,
        label="Transactions to reverse",
        help_text="One id a line: all are reversed, or none. Leave empty to propose legs below.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )
    reason = forms.CharField(
        min_length=REASON_LENGTH_MIN,
        max_length=4_000,
        help_text="What happened, and why this puts it right. The second person judges by it.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    attachment = forms.CharField(
        required=False,
        max_length=ATTACHMENT_LENGTH_MAX,
        help_text="The letter, the statement's lines, the case's number: whatever proves it.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def clean_reverses(self) -> tuple[UUID, ...]:
        """Return the ids."""
        try:
            return tuple(UUID(word) for word in self.cleaned_data["reverses"].split())
        except ValueError as error:
            raise forms.ValidationError("A transaction's id has 36 letters.") from error

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
                raise Refusal("Propose legs, or what to reverse: not both at once.")
            return propose_reversal(
                transactions=asked["reverses"], by=by, now=timezone.now(), **told
            )
        except Refusal as refusal:
            self.add_error(None, forms.ValidationError(refusal.message, code=refusal.code))
            return None


class ApproveForm(forms.Form):
    """The second person's word that the legs were looked at."""

    compared = forms.BooleanField(
        label="I have compared what moves with the reason given, and it is right.",
        widget=UnfoldBooleanWidget,
    )
    reason = forms.CharField(
        required=False,
        max_length=4_000,
        label="Note",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )


class DeclineForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        min_length=REASON_LENGTH_MIN,
        max_length=4_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class WithdrawForm(forms.Form):
    """Why no more, if one likes to say."""

    reason = forms.CharField(
        required=False,
        max_length=4_000,
        label="Note",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )


class LimitForm(forms.ModelForm):  # type: ignore[type-arg]
    """A role's limit from now on."""

    set_by = ""
    role = forms.ModelChoiceField(
        Group.objects.order_by("name"), to_field_name="name", widget=UnfoldAdminSelectWidget
    )
    units_each_max = forms.IntegerField(
        min_value=0,
        max_value=AMOUNT_MAX,
        help_text="Coins, MB or fen of one proposal; 0 takes the right from the role.",
        widget=UnfoldAdminIntegerFieldWidget,
    )
    units_per_day_max = forms.IntegerField(
        min_value=0, max_value=AMOUNT_MAX, widget=UnfoldAdminIntegerFieldWidget
    )
    escrows = forms.BooleanField(
        required=False,
        help_text="May touch what is set aside for one gift, order or the like.",
        widget=UnfoldBooleanWidget,
    )
    open_days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=90,
        help_text="For proposing: how long a proposal can be decided.",
        widget=UnfoldAdminIntegerFieldWidget,
    )
    reason = forms.CharField(
        min_length=REASON_LENGTH_MIN, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )

    class Meta:
        model = AdjustmentLimit
        fields = ("act",)

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
                raise forms.ValidationError(refusal.message, code=refusal.code) from refusal
        return cleaned

    def _post_clean(self) -> None:
        """Leave the instance alone: it is already the row that was stored."""
