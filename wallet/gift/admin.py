"""Read gifts; they change only through their operations."""

from django.contrib import admin

from wallet.gift.models import Gift
from wallet.holders.admin import ReadOnly


@admin.register(Gift)
class GiftAdmin(ReadOnly):
    """Gifts, for looking."""

    list_display = ("id", "state", "asset", "amount", "sender", "claimer", "made_at", "ended_at")
    list_filter = ("state",)
    search_fields = ("id", "sender__numbers__msisdn", "claimer__numbers__msisdn")
    ordering = ("-made_at",)
    exclude = ("token_hash",)
