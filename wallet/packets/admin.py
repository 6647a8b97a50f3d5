"""Read red packets; they change only through their operations."""

from django.contrib import admin

from wallet.holders.admin import ReadOnly
from wallet.packets.models import Packet, PacketDay


@admin.register(Packet)
class PacketAdmin(ReadOnly):
    """Packets, for looking: never what nobody has opened yet."""

    list_display = ("id", "state", "kind", "coins", "share_count", "sender", "made_at", "ended_at")
    list_filter = ("state", "kind", "is_sponsored")
    search_fields = ("id", "sender__numbers__msisdn")
    ordering = ("-made_at",)
    exclude = ("token_hash", "share_seed", "largest_share", "commitment")


@admin.register(PacketDay)
class PacketDayAdmin(ReadOnly):
    """The days whose hashes are published."""

    list_display = ("day", "published_at", "revealed_at")
    ordering = ("-day",)
    exclude = ("seed", "seed_hash")
