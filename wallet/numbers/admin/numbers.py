"""Numbers and their history; a new line doubts, recycles or ports one, with a reason."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wallet.carriers.admin import ReadOnly
from wallet.carriers.models import Carrier
from wallet.holders.admin import Added, OperationForm, reason_field
from wallet.holders.models import Number, NumberEvent
from wallet.numbers.operations import doubt_number, port_number, prove_numbers, recycle_number

DOUBTED, PROVED = NumberEvent.Kind.DOUBTED, NumberEvent.Kind.PROVED
PORTED, RECYCLED = NumberEvent.Kind.PORTED, NumberEvent.Kind.RECYCLED


@admin.register(Number)
class NumberAdmin(ReadOnly):
    """Phone numbers and who holds them, or held them until they were released."""

    masked = ("msisdn",)
    personal = "number"
    list_display = ("msisdn_masked", "carrier", "province", "quality", "holder", "added_at")
    list_filter = ("carrier", "quality", ("doubted_at", admin.EmptyFieldListFilter))
    list_select_related = ("carrier", "holder")
    search_fields = ("id__exact", "holder__id__exact", "former__id__exact")
    search_help_text = _("号码或持有人的编号；手机号请到首页查找")
    ordering = ("-added_at", "-id")


class NewsForm(OperationForm):
    """What a carrier, or the desk, has learnt of a number."""

    number = forms.ModelChoiceField(
        Number.objects.exclude(holder=None), widget=forms.TextInput, label=_("号码的编号")
    )
    kind = forms.ChoiceField(
        label=_("发生了什么"),
        choices=(
            (DOUBTED, _("可能换了主人：核实前只能少量用币")),
            (PROVED, _("已核实：还是原来的主人")),
            (RECYCLED, _("运营商已放给别人：立即从钱包移出")),
            (PORTED, _("携号转网：换了运营商")),
        ),
    )
    carrier = forms.ModelChoiceField(
        Carrier.objects.all(), label=_("新的运营商（携号转网时）"), required=False
    )
    reason = reason_field()

    class Meta:
        model = NumberEvent
        fields = ()

    def clean_carrier(self) -> Carrier | None:
        """Refuse a move to nowhere."""
        carrier: Carrier | None = self.cleaned_data["carrier"]
        if carrier is None and self.cleaned_data.get("kind") == PORTED:
            raise forms.ValidationError(_("请选新的运营商。"), code="required")
        return carrier

    def made(self) -> NumberEvent:
        asked, now = self.cleaned_data, timezone.now()
        number, reason = asked["number"], asked["reason"]
        if asked["kind"] == DOUBTED:
            doubt_number(number=number, by=self.actor, reason=reason, now=now)
        elif asked["kind"] == PROVED:
            prove_numbers(holder=number.holder, by=self.actor, now=now)
        elif asked["kind"] == RECYCLED:
            recycle_number(number=number, by=self.actor, reason=reason, now=now)
        else:
            port_number(
                holder=number.holder,
                number=number,
                carrier=asked["carrier"].pk,
                quality=Number.Quality.CARRIER,
                by=self.actor,
                now=now,
            )
        found = NumberEvent.objects.filter(number=number, kind=asked["kind"], by=self.actor)
        event = found.order_by("-id").first()
        if event is None:
            raise forms.ValidationError(_("已经是这样了。"), code="no_change")
        return event


@admin.register(NumberEvent)
class NumberEventAdmin(Added):
    """What happened to numbers, and by whom."""

    form = NewsForm
    list_display = ("at", "kind", "number", "holder", "by")
    list_filter = ("kind",)
    list_select_related = ("number",)
    search_fields = ("number__id__exact", "holder__id__exact")
    ordering = ("-id",)
    fields = ("number", "kind", "carrier", "reason")

    def get_fields(self, request: HttpRequest, obj: NumberEvent | None = None) -> Any:
        return self.fields if obj is None else (*self.list_display, "facts")
