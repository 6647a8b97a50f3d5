"""Books, orders, the log and the trades, as an admin reads them: nothing here changes anything."""

from django.contrib import admin

from exchange.orders.models import Book, Event, Order, Trade
from ledger.audit.admin import ReadOnlyAdmin


@admin.register(Book)
class BookAdmin(ReadOnlyAdmin):
    """The books, how far their logs are booked, and who holds them."""

    list_display = ("carrier", "month", "phase", "cursor", "trades", "lease_until", "closed_at")
    list_filter = ("phase", "carrier")
    ordering = ("-month", "-carrier", "-id")


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    """The orders."""

    list_display = (
        "id",
        "book",
        "side",
        "price_coins",
        "lots",
        "open_lots",
        "filled_lots",
        "state",
        "placed_at",
    )
    list_filter = ("state", "side")
    list_select_related = ("book",)
    search_fields = ("id__exact", "holder__id__exact")
    ordering = ("-placed_at", "-id")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """The log of accepted events, with the numbers the writer gave them."""

    list_display = ("id", "book", "kind", "order_id", "number", "outcome", "accepted_at")
    list_filter = ("kind",)
    list_select_related = ("book",)
    search_fields = ("order__id__exact",)
    ordering = ("-id",)


@admin.register(Trade)
class TradeAdmin(ReadOnlyAdmin):
    """The trades; a trade's id is its transaction's."""

    list_display = ("id", "book", "number", "price_coins", "lots", "taker", "traded_at")
    list_select_related = ("book",)
    search_fields = ("id__exact", "buy__id__exact", "sell__id__exact")
    ordering = ("-traded_at", "-id")
