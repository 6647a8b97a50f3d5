"""Read holders and their numbers; freeze, thaw and trust less, with a reason."""

from typing import Any

import allauth.account.admin  # noqa: F401  registers what is taken out below
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.audit.admin import ReadOnlyAdmin, dress
from ledger.refusals import Refusal
from wallet.carriers.admin import ReadOnly
from wallet.holders.models import Holder, HolderEvent
from wallet.holders.operations import freeze_holder, lower_tier, thaw_holder
from wallet.holders.operations.locks import REASON_LENGTH_MAX
from wallet.holders.sentences import sentence_of

# People are known by their phones: the login package's addresses stay empty.
admin.site.unregister(EmailAddress)


class OperationForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form whose row an operation makes, so that its refusal shows beside the form."""

    actor = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors:
            try:
                self.instance = self.made()
            except Refusal as refusal:
                raise forms.ValidationError(sentence_of(refusal), code=refusal.code) from refusal
        return cleaned

    def made(self) -> Any:
        """Return the row the operation made."""
        raise NotImplementedError

    def _post_clean(self) -> None:
        """Leave the instance alone: it is already the row that was stored."""


class Added(ReadOnly):
    """A table whose rows are added by an operation and never edited."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        # Past the read-only parent, to what the person was granted.
        return bool(super(ReadOnlyAdmin, self).has_add_permission(request))

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        form.actor = f"admin/{request.user.pk}"
        return form

    def save_model(self, *unused: object) -> None:
        """Store nothing more: the form's operation has stored the row."""


def reason_field() -> forms.CharField:
    """Return the field in which staff says why."""
    return forms.CharField(label=_("原因"), max_length=REASON_LENGTH_MAX)


@admin.register(Holder)
class HolderAdmin(ReadOnly):
    """Who holds coins; what is decided about one is added as an event."""

    masked = ("user",)
    personal = "holder"
    list_display = ("id", "kind", "name", "user_masked", "tier", "opened_at", "frozen_at")
    list_select_related = ("user",)
    list_filter = (
        "kind",
        "tier",
        ("frozen_at", admin.EmptyFieldListFilter),
        ("closed_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("id__exact", "name")
    search_help_text = _("编号或机构的名称；手机号请到首页查找")
    ordering = ("-opened_at", "-id")


class DecisionForm(OperationForm):
    """Whom to freeze, to thaw or to trust less, and why."""

    holder = forms.ModelChoiceField(
        Holder.objects.all(), widget=forms.TextInput, label=_("持有人的编号")
    )
    kind = forms.ChoiceField(
        label=_("决定"),
        choices=(
            (HolderEvent.Kind.FROZEN, _("冻结")),
            (HolderEvent.Kind.THAWED, _("解冻")),
            (HolderEvent.Kind.TIER, _("调低实名等级")),
        ),
    )
    tier = forms.TypedChoiceField(
        label=_("改为哪一级（调低时）"),
        choices=(("", "–"), (0, "0"), (1, "1")),
        coerce=int,
        empty_value=None,
        required=False,
    )
    reason = reason_field()

    class Meta:
        model = HolderEvent
        fields = ()

    def clean_tier(self) -> int | None:
        """Refuse to lower a tier to none in particular."""
        tier: int | None = self.cleaned_data["tier"]
        if tier is None and self.cleaned_data.get("kind") == HolderEvent.Kind.TIER:
            raise forms.ValidationError(_("请选改为哪一级。"), code="required")
        return tier

    def made(self) -> HolderEvent:
        asked, now = self.cleaned_data, timezone.now()
        why = {"by": self.actor, "reason": asked["reason"], "now": now}
        if asked["kind"] == HolderEvent.Kind.TIER:
            return lower_tier(holder=asked["holder"], tier=asked["tier"], **why)
        decide = freeze_holder if asked["kind"] == HolderEvent.Kind.FROZEN else thaw_holder
        held = decide(holder=asked["holder"], **why)
        found = held.events.filter(kind=asked["kind"]).order_by("-id").first()
        if found is None:
            raise forms.ValidationError(_("已经是这样了。"), code="no_change")
        return found


@admin.register(HolderEvent)
class HolderEventAdmin(Added):
    """What was decided about holders, by whom and why; a new line is a decision."""

    form = DecisionForm
    list_display = ("at", "kind", "holder", "reason", "by")
    list_filter = ("kind",)
    search_fields = ("holder__id__exact",)
    ordering = ("-id",)
    fields = ("holder", "kind", "tier", "reason")

    def get_fields(self, request: HttpRequest, obj: HolderEvent | None = None) -> Any:
        return self.fields if obj is None else (*self.list_display, "facts")
