"""Carriers and how they answer, what they attest, what we asked of them."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminURLInputWidget

from ledger.audit.admin.checks import verdict
from wallet.carriers.admin.bases import OfNumbers, ReadOnly
from wallet.carriers.instructions.rules import Breaker, breaker_of
from wallet.carriers.models import Carrier, Instruction, Usage, UsageFile
from wallet.carriers.queries import calls_under_way, forget_names, open_instructions

_BREAKERS = {
    Breaker.CLOSED: _("合上"),
    Breaker.OPEN: _("断开：暂停呼叫"),
    Breaker.HALF_OPEN: _("半开：只试一次"),
}


@admin.register(Carrier)
class CarrierAdmin(ModelAdmin):  # type: ignore[misc]
    """Carriers: a new one joins by a row; how each answers at present."""

    list_display = (
        "code",
        "name_zh",
        "base_url",
        "breaker",
        "in_call",
        "waiting",
        "silent_since",
        "rests_until",
    )
    readonly_fields = ("breaker", "misses", "silent_since", "rests_until", "in_call", "waiting")
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https", "widget": UnfoldAdminURLInputWidget}
    }

    @admin.display(description=_("断路器"))
    def breaker(self, carrier: Carrier) -> SafeString:
        """Say whether it is called freely, left alone, or tried by one call."""
        found = breaker_of(
            misses=carrier.misses, rests_until=carrier.rests_until, now=timezone.now()
        )
        return verdict(is_good=found is Breaker.CLOSED, good=_("合上"), bad=_BREAKERS[found])

    @admin.display(description=_("正在呼叫"))
    def in_call(self, carrier: Carrier) -> str:
        """Return how many calls are under way, of how many it is given at once."""
        return f"{calls_under_way(carrier=carrier.pk, now=timezone.now())}/{carrier.calls_at_once}"

    @admin.display(description=_("没有结果的指令"))
    def waiting(self, carrier: Carrier) -> str:
        """Return how many instructions wait to be sent, and how many for an answer."""
        unsent, unanswered = open_instructions(carrier=carrier.pk)
        return _("%(unsent)s 未发，%(unanswered)s 未答") % {
            "unsent": f"{unsent:,}",
            "unanswered": f"{unanswered:,}",
        }

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, *saved: Any) -> None:
        super().save_model(*saved)
        forget_names()


@admin.register(Usage)
class UsageAdmin(OfNumbers):
    """What usage files attest."""

    list_display = (
        "msisdn_masked",
        "carrier",
        "month",
        "package",
        "kind",
        "allowance_mb",
        "used_mb",
    )
    list_filter = ("carrier", "month", "kind", "final")


@admin.register(UsageFile)
class UsageFileAdmin(ReadOnly):
    """Usage files that were read."""

    list_display = ("name", "lines", "bad_lines", "read_at")


@admin.register(Instruction)
class InstructionAdmin(OfNumbers):
    """What we asked of carriers and how far it has come."""

    list_display = ("id", "carrier", "kind", "mb", "state", "reason", "attempts", "created_at")
    list_filter = ("carrier", "kind", "state")
    personal = "instruction"
