"""Deposits, take-backs and rolls, as admins read them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from wallet.carriers.admin import ReadOnly
from wallet.rollover.models import Deposit, Roll, TakeBack


class OwnDataAdmin(ReadOnly):
    """Own data on its way; only operations write it."""

    list_display = ("id", "number", "package", "month", "mb", "state", "asked_at", "ended_at")
    list_filter = ("state", "month")
    list_select_related = ("number",)
    search_fields = ("id__exact", "number__id__exact", "holder__id__exact")
    search_help_text = _("编号（也是运营商参考号）、号码或持有人的编号")
    ordering = ("-asked_at", "-id")


@admin.register(Deposit)
class DepositAdmin(OwnDataAdmin):
    """Own data handed over."""


@admin.register(TakeBack)
class TakeBackAdmin(OwnDataAdmin):
    """Deposited data asked back."""


@admin.register(Roll)
class RollAdmin(ReadOnly):
    """What months' ends rolled into vouchers."""

    list_display = ("number", "package", "month", "surplus_mb", "remainder_mb", "voucher_asset")
    list_filter = ("month",)
    list_select_related = ("number",)
    search_fields = ("id__exact", "number__id__exact", "holder__id__exact")
    ordering = ("-rolled_at", "-id")
