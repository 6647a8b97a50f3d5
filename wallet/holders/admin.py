"""Read holders and their numbers; freeze and thaw."""

import allauth.account.admin  # noqa: F401  registers what is taken out below
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wallet.carriers.admin import ReadOnly
from wallet.holders.models import Holder, Number
from wallet.holders.operations import freeze_holder, thaw_holder

# People are known by their phones: the login package's addresses stay empty.
admin.site.unregister(EmailAddress)


@admin.register(Holder)
class HolderAdmin(ReadOnly):
    """Who holds coins."""

    masked = ("user",)
    personal = "holder"
    list_display = ("id", "kind", "name", "user_masked", "tier", "opened_at", "frozen_at")
    list_select_related = ("user",)
    list_filter = ("kind", "tier", ("frozen_at", admin.EmptyFieldListFilter))
    search_fields = ("id__exact", "name")
    search_help_text = _("编号或机构的名称；手机号请到首页查找")
    ordering = ("-opened_at", "-id")
    actions = ("freeze", "thaw")

    def has_freeze_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wallet.change_holder")

    @admin.action(description=_("冻结"), permissions=("freeze",))
    def freeze(self, request: HttpRequest, queryset: QuerySet[Holder]) -> None:
        for holder in queryset:
            freeze_holder(holder=holder, now=timezone.now())
            self.log_change(request, holder, "Frozen.")

    @admin.action(description=_("解冻"), permissions=("freeze",))
    def thaw(self, request: HttpRequest, queryset: QuerySet[Holder]) -> None:
        for holder in queryset:
            thaw_holder(holder=holder)
            self.log_change(request, holder, "Thawed.")


@admin.register(Number)
class NumberAdmin(ReadOnly):
    """Phone numbers and who holds them."""

    masked = ("msisdn",)
    personal = "number"
    list_display = ("msisdn_masked", "carrier", "province", "quality", "holder", "added_at")
    list_filter = ("carrier", "quality")
    list_select_related = ("carrier", "holder")
    search_fields = ("id__exact", "holder__id__exact")
    search_help_text = _("号码或持有人的编号；手机号请到首页查找")
    ordering = ("-added_at", "-id")
