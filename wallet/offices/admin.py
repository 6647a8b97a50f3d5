"""Carriers' offices, what carriers said of breaks, and their usage files."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wallet.carriers.admin import ReadOnly
from wallet.carriers.models import Carrier
from wallet.holders.admin import Added, OperationForm
from wallet.holders.models import User
from wallet.offices.models import BreakAnswer, CarrierOffice, UsageUpload
from wallet.offices.operations import open_carrier_office


class OfficeForm(OperationForm):
    """A carrier, and the phone of who is to speak for it."""

    carrier = forms.ModelChoiceField(Carrier.objects.all(), label=_("运营商"))
    owner = forms.ModelChoiceField(
        User.objects.all(),
        to_field_name="phone",
        widget=forms.TextInput,
        label=_("负责人的手机号"),
        help_text="+86…",
    )

    class Meta:
        model = CarrierOffice
        fields = ()

    def made(self) -> CarrierOffice:
        asked = self.cleaned_data
        return open_carrier_office(
            carrier=asked["carrier"], owner=asked["owner"], now=timezone.now()
        )


@admin.register(CarrierOffice)
class CarrierOfficeAdmin(Added):
    """Who speaks for a carrier; adding a second owner is adding the office again."""

    form = OfficeForm
    list_display = ("carrier", "organisation", "opened_at")
    fields = ("carrier", "owner")

    def get_fields(self, request: HttpRequest, obj: CarrierOffice | None = None) -> Any:
        return self.fields if obj is None else self.list_display


@admin.register(BreakAnswer)
class BreakAnswerAdmin(ReadOnly):
    """What carriers say of differences, the newest first; settled on the difference's own page."""

    list_display = ("said_at", "found", "text")
    exclude = ("said_by",)
    ordering = ("-said_at", "-id")


@admin.register(UsageUpload)
class UsageUploadAdmin(ReadOnly):
    """Usage files that carriers handed in."""

    list_display = ("uploaded_at", "carrier", "name", "lines", "bad_lines", "breaks")
    list_filter = ("carrier",)
    exclude = ("uploaded_by",)
    ordering = ("-uploaded_at", "-id")
