"""Read gifts; they change only through their operations."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from wallet.carriers.admin import ReadOnly
from wallet.gift.models import Gift


@admin.register(Gift)
class GiftAdmin(ReadOnly):
    """Gifts, for looking."""

    list_display = ("id", "state", "asset", "amount", "sender", "claimer", "made_at", "ended_at")
    list_filter = ("state",)
    masked = ("locked_to", "held_for")
    personal = "gift"
    list_select_related = ("sender", "claimer")
    search_fields = ("id__exact", "sender__id__exact", "claimer__id__exact")
    search_help_text = _("礼物、送的人或领的人的编号")
    ordering = ("-made_at", "-id")
    exclude = ("token_hash", "greeting")
