"""Conversions and deliveries, as admins read them."""

from django.contrib import admin

from wallet.carriers.admin import ReadOnly
from wallet.convert.models import Conversion, DataDelivery


@admin.register(Conversion)
class ConversionAdmin(ReadOnly):
    """Coins on their way to become data; only operations write them."""

    list_display = ("id", "carrier", "coins", "state", "redetected", "made_at", "ended_at")
    list_filter = ("state", "carrier")
    search_fields = ("id",)
    search_help_text = "A conversion's id, which is also the carrier's reference"
    ordering = ("-made_at",)
    show_full_result_count = False


@admin.register(DataDelivery)
class DataDeliveryAdmin(ReadOnly):
    """Data and vouchers on their way to a number; only operations write them."""

    list_display = ("id", "asset", "mb", "state", "made_at", "ended_at")
    list_filter = ("state",)
    search_fields = ("id",)
    ordering = ("-made_at",)
    show_full_result_count = False
