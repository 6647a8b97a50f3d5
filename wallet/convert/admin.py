"""Conversions and deliveries, as admins read them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from wallet.carriers.admin import ReadOnly
from wallet.convert.models import CarrierWait, Conversion, DataDelivery


@admin.register(Conversion)
class ConversionAdmin(ReadOnly):
    """Coins on their way to become data; only operations write them."""

    list_display = (
        "id",
        "carrier",
        "known_by",
        "coins",
        "state",
        "redetected",
        "made_at",
        "ended_at",
    )
    list_filter = ("state", "carrier")
    masked = ("msisdn",)
    personal = "conversion"
    search_fields = ("id__exact", "instruction__id__exact", "holder__id__exact")
    search_help_text = _("兑换、运营商参考号或持有人的编号")
    ordering = ("-made_at", "-id")


@admin.register(DataDelivery)
class DataDeliveryAdmin(ReadOnly):
    """Data and vouchers on their way to a number; only operations write them."""

    list_display = ("id", "asset", "mb", "state", "made_at", "ended_at")
    list_filter = ("state",)
    masked = ("msisdn",)
    personal = "delivery"
    search_fields = ("id__exact", "instruction__id__exact", "holder__id__exact")
    search_help_text = _("兑换、运营商参考号或持有人的编号")
    ordering = ("-made_at", "-id")


@admin.register(CarrierWait)
class CarrierWaitAdmin(ReadOnly):
    """Who waits for which carrier to deliver for coins: what to show the carrier."""

    list_display = ("carrier", "holder", "joined_at", "told_at")
    list_filter = ("carrier", ("told_at", admin.EmptyFieldListFilter))
    ordering = ("-joined_at", "-id")
