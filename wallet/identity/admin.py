"""Checks of real names, as they came out."""

from django.contrib import admin

from wallet.carriers.admin import ReadOnly
from wallet.identity.models import IdentityCheck


@admin.register(IdentityCheck)
class IdentityCheckAdmin(ReadOnly):
    """Who was checked, how, and what came of it; the hash stays where it is."""

    list_display = ("asked_at", "holder", "method", "tier", "state", "reason", "decided_at")
    list_filter = ("state", "method", "tier")
    search_fields = ("holder__id__exact",)
    ordering = ("-asked_at", "-id")
    exclude = ("identity", "birth_year")
