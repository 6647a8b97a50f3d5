"""Read red packets; they change only through their operations."""

from django.contrib import admin

from wallet.carriers.admin import ReadOnly
from wallet.packets.models import Packet, PacketDay


@admin.register(Packet)
class PacketAdmin(ReadOnly):
    """Packets, for looking: never what nobody has opened yet."""

    list_display = ("id", "state", "kind", "coins", "share_count", "sender", "made_at", "ended_at")
    list_filter = ("state", "kind", "is_sponsored")
    personal = "packet"
    search_fields = ("id__exact", "sender__id__exact")
    ordering = ("-made_at", "-id")
    exclude = ("greeting", "token_hash", "share_seed", "largest_share", "commitment")


@admin.register(PacketDay)
class PacketDayAdmin(ReadOnly):
    """The days whose hashes are published."""

    list_display = ("day", "published_at", "revealed_at")
    ordering = ("-day",)
    exclude = ("seed", "seed_hash")
