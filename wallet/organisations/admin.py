"""Who belongs to organisations, and how they came and went."""

from django.contrib import admin

from wallet.carriers.admin import ReadOnly
from wallet.holders.models import Member
from wallet.organisations.models import Invitation, MemberEvent


@admin.register(Member)
class MemberAdmin(ReadOnly):
    """Roles of people in organisations."""

    masked = ("user",)
    list_display = ("organisation", "user_masked", "role")
    list_filter = ("role",)
    list_select_related = ("organisation", "user")
    search_fields = ("organisation__id__exact", "organisation__name")
    ordering = ("organisation", "id")


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    """Roles that were offered."""

    masked = ("msisdn", "invited_by")
    list_display = ("invited_at", "organisation", "msisdn_masked", "role", "state", "expires_at")
    list_filter = ("state", "role")
    list_select_related = ("organisation",)
    ordering = ("-invited_at", "-id")


@admin.register(MemberEvent)
class MemberEventAdmin(ReadOnly):
    """Who was given or lost a role, by whom."""

    masked = ("user",)
    list_display = ("at", "organisation", "user_masked", "kind", "role", "by")
    list_filter = ("kind",)
    list_select_related = ("organisation", "user")
    ordering = ("-id",)
