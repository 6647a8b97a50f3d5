"""Partners, let in here by an operation; what they offer and what was bought, read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wallet.carriers.admin import ReadOnly
from wallet.catalog.models import Partner, Product, Purchase
from wallet.catalog.operations import open_partner
from wallet.holders.admin import Added, OperationForm
from wallet.merchants.models import Merchant


class PartnerForm(OperationForm):
    """A new partner: its code and names, the merchant that is paid, and where its server is."""

    code = forms.CharField(label=_("代码"), max_length=4)
    name_zh = forms.CharField(label=_("中文名"), max_length=32)
    name_en = forms.CharField(label=_("英文名"), max_length=32)
    merchant = forms.ModelChoiceField(
        Merchant.objects.select_related("holder"), label=_("付给哪个商户")
    )
    base_url = forms.URLField(label=_("接口地址"), required=False, assume_scheme="https")

    class Meta:
        model = Partner
        fields = ()

    def made(self) -> Partner:
        return open_partner(now=timezone.now(), **self.cleaned_data)


@admin.register(Partner)
class PartnerAdmin(Added):
    """Those who sell in the catalog. Given again, a partner's names and server are changed."""

    form = PartnerForm
    list_display = ("party", "merchant", "server", "rests_until", "opened_at", "fetched_at")
    list_select_related = ("party", "merchant__holder")
    fields = ("code", "name_zh", "name_en", "merchant", "base_url")

    def get_fields(self, request: HttpRequest, obj: Partner | None = None) -> Any:
        return self.fields if obj is None else self.list_display

    @admin.display(description=_("接口地址"))
    def server(self, row: Partner) -> str:
        return row.party.base_url

    @admin.display(description=_("暂停到"))
    def rests_until(self, row: Partner) -> object:
        return row.party.rests_until


@admin.register(Product)
class ProductAdmin(ReadOnly):
    """What partners offer, as it was last fetched."""

    list_display = ("partner", "sku", "kind", "name_zh", "coins", "gives_coins", "is_offered")
    list_filter = ("partner", "kind", "is_offered")
    search_fields = ("sku", "name_zh", "name_en")


@admin.register(Purchase)
class PurchaseAdmin(ReadOnly):
    """What was bought, and how far it has come; only operations write it."""

    list_display = ("id", "product", "count", "coins", "gives_coins", "state", "made_at")
    list_filter = ("state", "product__kind", "gives_coins")
    list_select_related = ("product",)
    masked = ("msisdn",)
    personal = "purchase"
    search_fields = ("id__exact", "holder__id__exact")
    search_help_text = _("购买（也就是合作方参考号）或持有人的编号")
    ordering = ("-made_at", "-id")
