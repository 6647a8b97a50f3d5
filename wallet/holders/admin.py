"""Read holders and their numbers; freeze and thaw."""

import allauth.account.admin  # noqa: F401  registers what is taken out below
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin

from wallet.holders.models import Holder, Number
from wallet.holders.operations import freeze_holder, thaw_holder

# People are known by their phones: the login package's addresses stay empty.
admin.site.unregister(EmailAddress)


class ReadOnly(ModelAdmin):  # type: ignore[misc]  # the package has no types
    """Rows that change only through their operations."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@admin.register(Holder)
class HolderAdmin(ReadOnly):
    """Who holds coins."""

    list_display = ("id", "kind", "name", "user", "tier", "opened_at", "frozen_at")
    list_filter = ("kind", "tier", ("frozen_at", admin.EmptyFieldListFilter))
    search_fields = ("id", "name", "numbers__msisdn")
    ordering = ("-opened_at",)
    actions = ("freeze", "thaw")

    def has_freeze_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wallet.change_holder")

    @admin.action(description="Freeze", permissions=("freeze",))
    def freeze(self, request: HttpRequest, queryset: QuerySet[Holder]) -> None:
        for holder in queryset:
            freeze_holder(holder=holder, now=timezone.now())

    @admin.action(description="Thaw", permissions=("freeze",))
    def thaw(self, request: HttpRequest, queryset: QuerySet[Holder]) -> None:
        for holder in queryset:
            thaw_holder(holder=holder)


@admin.register(Number)
class NumberAdmin(ReadOnly):
    """Phone numbers and who holds them."""

    list_display = ("msisdn", "carrier", "province", "quality", "holder", "added_at")
    list_filter = ("carrier", "quality")
    search_fields = ("msisdn",)
    ordering = ("-added_at",)
