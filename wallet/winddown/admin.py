"""The end of the service at the desk: announce it, rehearse it, call it off, see how far it is."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.audit.admin import ReadOnlyAdmin
from ledger.audit.pages.desk import actor_of, shown
from ledger.refusals import Refusal
from wallet.winddown.models import WindDown
from wallet.winddown.operations import (
    REASON_LENGTH_MAX,
    announce_wind_down,
    call_off_wind_down,
    rehearse_wind_down,
)
from wallet.winddown.queries import Moved, coins_left, live_wind_down, wind_down_progress
from wallet.winddown.sentences import SENTENCES, STEPS

MAY_STEER = "wallet.steer_winddown"


class AnnounceForm(forms.Form):
    """Why the service ends."""

    reason = forms.CharField(
        label=_("为什么停止服务"),
        max_length=REASON_LENGTH_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@admin.register(WindDown)
class WindDownAdmin(ReadOnlyAdmin):
    """What was announced, called off and carried out."""

    list_display = ("announced_at", "may_begin_at", "begun_at", "ended_at", "called_off_at")
    ordering = ("-announced_at", "-id")

    def get_urls(self) -> list[URLPattern]:
        """Add the page of the one that stands."""
        view = self.admin_site.admin_view(self.progress_view)
        urls: list[URLPattern] = super().get_urls()
        return [path("progress/", view, name="wallet_winddown_progress"), *urls]

    def progress_view(self, request: HttpRequest) -> HttpResponse:
        """Show how far the end of the service is; who may steer announces it or calls it off."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = AnnounceForm(request.POST if "announce" in request.POST else None)
        if request.method == "POST":
            if not request.user.has_perm(MAY_STEER):
                raise PermissionDenied
            return self._steered(request, form)
        return self._page(request, form=form)

    def _steered(self, request: HttpRequest, form: AnnounceForm) -> HttpResponse:
        now, by = timezone.now(), actor_of(request)
        try:
            if "rehearse" in request.POST:
                return self._page(request, form=form, rehearsed=rehearse_wind_down(now=now))
            if "call_off" in request.POST:
                self.log_change(request, call_off_wind_down(by=by, now=now), "Called off.")
            elif form.is_valid():
                reason = form.cleaned_data["reason"]
                found = announce_wind_down(reason=reason, by=by, now=now)
                self.log_addition(request, found, "Announced.")
            else:
                return self._page(request, form=form, status=422)
        except Refusal as refusal:
            wrong = str(SENTENCES.get(refusal.code, refusal.message))
            return self._page(request, form=form, wrong=wrong, status=refusal.status)
        return redirect("admin:wallet_winddown_progress")

    def _page(
        self,
        request: HttpRequest,
        *,
        form: AnnounceForm,
        rehearsed: list[Moved] | None = None,
        wrong: str = "",
        status: int = 200,
    ) -> HttpResponse:
        return shown(
            request,
            "winddown/progress.html",
            title=_("停止服务"),
            status=status,
            form=form,
            rehearsed=rehearsed,
            wrong=wrong,
            may_steer=request.user.has_perm(MAY_STEER),
            **_standing(),
        )


def _standing() -> dict[str, Any]:
    """Return what the page says of the wind-down that stands, if one does."""
    found, now = live_wind_down(), timezone.now()
    if found is None:
        return {"wind_down": None}
    begun = found.begun_at is not None
    steps = wind_down_progress(wind_down=found, now=now) if begun else []
    return {
        "wind_down": found,
        "steps": [(STEPS.get(step.name, step.name), step) for step in steps],
        "coins_left": coins_left() if begun else [],
    }
