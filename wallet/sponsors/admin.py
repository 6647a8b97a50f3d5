"""Sponsors, what they paid for and what they run: opened and paid here, otherwise read."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from ledger.rules import AMOUNT_MAX
from wallet.carriers.admin import ReadOnly
from wallet.carriers.models import Carrier
from wallet.holders.admin import Added, OperationForm
from wallet.holders.models import User
from wallet.sponsors.models import Campaign, CampaignFunding, PurchaseOrder, Sponsor
from wallet.sponsors.operations import open_sponsor, pay_purchase_order
from wallet.sponsors.queries import budgets_left


class SponsorForm(OperationForm):
    """A new sponsor: its name, and the phone of who answers for it."""

    name = forms.CharField(label=_("名称"), max_length=64)
    owner = forms.ModelChoiceField(
        User.objects.all(),
        to_field_name="phone",
        widget=forms.TextInput,
        label=_("负责人的手机号"),
        help_text="+86…",
    )

    class Meta:
        model = Sponsor
        fields = ()

    def made(self) -> Sponsor:
        asked = self.cleaned_data
        return open_sponsor(name=asked["name"], owner=asked["owner"], now=timezone.now())


class PurchaseOrderForm(OperationForm):
    """A paid order: who bought, from which issuer, coins and fen."""

    sponsor = forms.ModelChoiceField(Sponsor.objects.select_related("holder"), label=_("赞助方"))
    issuer = forms.ModelChoiceField(Carrier.objects.all(), label=_("发行方"))
    coins = forms.IntegerField(label=_("币"), min_value=1, max_value=AMOUNT_MAX)
    price_fen = forms.IntegerField(label=_("金额（分）"), min_value=1, max_value=AMOUNT_MAX)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    class Meta:
        model = PurchaseOrder
        fields = ()

    def made(self) -> PurchaseOrder:
        asked = self.cleaned_data
        return pay_purchase_order(
            sponsor=asked["sponsor"],
            issuer=asked["issuer"].pk,
            coins=asked["coins"],
            price_fen=asked["price_fen"],
            paid_by=self.actor,
            key=asked["key"],
            now=timezone.now(),
        )


@admin.register(Sponsor)
class SponsorAdmin(Added):
    """Organisations that pay for tasks."""

    form = SponsorForm
    list_display = ("holder", "secret_version", "secret_rotated_at")
    search_fields = ("holder__name",)
    fields = ("name", "owner")

    def get_fields(self, request: HttpRequest, obj: Sponsor | None = None) -> Any:
        return self.fields if obj is None else self.list_display


@admin.register(PurchaseOrder)
class PurchaseOrderAdmin(Added):
    """Coins ordered from an issuer and paid."""

    form = PurchaseOrderForm
    list_display = ("sponsor", "issuer", "coins", "price_fen", "paid_at")
    list_filter = ("issuer",)
    date_hierarchy = "paid_at"

    def get_fields(self, request: HttpRequest, obj: PurchaseOrder | None = None) -> Any:
        asked = ("sponsor", "issuer", "coins", "price_fen", "key")
        return asked if obj is None else self.list_display


class FundingInline(TabularInline):  # type: ignore[misc]
    """What a campaign was given."""

    model = CampaignFunding
    fields = readonly_fields = ("coins", "funded_at")
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Campaign)
class CampaignAdmin(ReadOnly):
    """Funded promotions and what is left of them."""

    list_display = ("name", "sponsor", "state", "launched_at", "left")
    list_filter = ("state",)
    search_fields = ("name", "sponsor__name")
    inlines = (FundingInline,)

    @admin.display(description=_("剩余的币"))
    def left(self, campaign: Campaign) -> int:
        return budgets_left([campaign.pk])[campaign.pk]
