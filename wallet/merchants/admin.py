"""Merchants: opened and funded here by operations, otherwise read."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.rules import AMOUNT_MAX
from wallet.carriers.admin import ReadOnly
from wallet.holders.admin import Added, OperationForm
from wallet.holders.models import User
from wallet.merchants.models import CounterCode, Merchant, MerchantFunding
from wallet.merchants.operations import fund_merchant, open_merchant
from wallet.sponsors.models import Sponsor


class MerchantForm(OperationForm):
    """A new merchant: its name, and the phone of who answers for it."""

    name = forms.CharField(label=_("名称"), max_length=64)
    owner = forms.ModelChoiceField(
        User.objects.all(),
        to_field_name="phone",
        widget=forms.TextInput,
        label=_("负责人的手机号"),
        help_text="+86…",
    )

    class Meta:
        model = Merchant
        fields = ()

    def made(self) -> Merchant:
        asked = self.cleaned_data
        return open_merchant(name=asked["name"], owner=asked["owner"], now=timezone.now())


class FundingForm(OperationForm):
    """Coins of a sponsor's budget for a merchant's."""

    merchant = forms.ModelChoiceField(Merchant.objects.select_related("holder"), label=_("商户"))
    sponsor = forms.ModelChoiceField(Sponsor.objects.select_related("holder"), label=_("赞助方"))
    coins = forms.IntegerField(label=_("币"), min_value=1, max_value=AMOUNT_MAX)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    class Meta:
        model = MerchantFunding
        fields = ()

    def made(self) -> MerchantFunding:
        asked = self.cleaned_data
        return fund_merchant(
            sponsor=asked["sponsor"],
            merchant=asked["merchant"],
            coins=asked["coins"],
            key=asked["key"],
            now=timezone.now(),
        )


@admin.register(Merchant)
class MerchantAdmin(Added):
    """Organisations that hand out coins over the counter."""

    form = MerchantForm
    list_display = ("holder", "opened_at")
    search_fields = ("holder__name",)
    fields = ("name", "owner")

    def get_fields(self, request: HttpRequest, obj: Merchant | None = None) -> Any:
        return self.fields if obj is None else self.list_display


@admin.register(MerchantFunding)
class MerchantFundingAdmin(Added):
    """What sponsors gave to merchants."""

    form = FundingForm
    list_display = ("funded_at", "merchant", "sponsor", "coins")
    fields = ("merchant", "sponsor", "coins", "key")

    def get_fields(self, request: HttpRequest, obj: MerchantFunding | None = None) -> Any:
        return self.fields if obj is None else self.list_display


@admin.register(CounterCode)
class CounterCodeAdmin(ReadOnly):
    """What counters showed, and when it was paid."""

    masked = ("shown_by",)
    list_display = ("shown_at", "merchant", "coins", "expires_at", "claimed_at")
    list_filter = ("merchant",)
    exclude = ("token_hash",)
