"""Wallets that ended, and ending one for a reason."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wallet.carriers.admin import ReadOnly
from wallet.closures.models import Closure, GivenUp
from wallet.closures.operations import close_wallet
from wallet.holders.admin import Added, OperationForm, reason_field
from wallet.holders.models import Holder


class ClosureForm(OperationForm):
    """Whose wallet ends, and why."""

    holder = forms.ModelChoiceField(
        Holder.objects.filter(closed_at=None), widget=forms.TextInput, label=_("持有人的编号")
    )
    reason = reason_field()

    class Meta:
        model = Closure
        fields = ()

    def made(self) -> Closure:
        asked = self.cleaned_data
        return close_wallet(
            holder=asked["holder"], by=self.actor, reason=asked["reason"], now=timezone.now()
        )


@admin.register(Closure)
class ClosureAdmin(Added):
    """Wallets that ended, by whom and why, and what they left."""

    form = ClosureForm
    list_display = ("closed_at", "holder", "coins", "reason", "by")
    search_fields = ("holder__id__exact",)
    ordering = ("-closed_at",)
    fields = ("holder", "reason")

    def get_fields(self, request: HttpRequest, obj: Closure | None = None) -> Any:
        return self.fields if obj is None else (*self.list_display, "goods")


@admin.register(GivenUp)
class GivenUpAdmin(ReadOnly):
    """What issuers took back of it."""

    list_display = ("at", "issuer", "coins", "posting")
    list_filter = ("issuer",)
    ordering = ("-at",)
