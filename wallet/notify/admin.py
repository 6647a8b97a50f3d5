"""What was sent to people, as admins read it: what and when, never the words or the address."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from wallet.carriers.admin import ReadOnly
from wallet.notify.models import Message


@admin.register(Message)
class MessageAdmin(ReadOnly):
    """Messages on their way; only operations write them."""

    list_display = ("id", "channel", "kind", "state", "reason", "attempts", "made_at", "ended_at")
    list_filter = ("state", "channel", "kind")
    exclude = ("facts", "user")
    search_fields = ("id__exact", "holder__id__exact", "subject_id__exact")
    search_help_text = _("消息、持有人或所说那件事的编号")
    ordering = ("-made_at", "-id")
