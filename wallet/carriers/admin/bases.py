"""What admin pages of the wallet's tables have in common: read only, numbers masked."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from ledger.audit.admin import ReadOnlyAdmin
from wallet.carriers.rules import masked_in


class ReadOnly(ReadOnlyAdmin):
    """A table an admin reads; only operations write it.

    Phone numbers in the fields named by `masked` are shown without their middle, and what is
    personal in full only through the desk, for a reason: `personal` is its kind there.
    """

    masked: tuple[str, ...] = ()
    personal = ""
    change_form_before_template = "audit/personal_link.html"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.masked:
            setattr(self, f"{name}_masked", _masking(self.model, name))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Put what is masked in the place of what is not."""
        fields = super().get_fields(request, obj)
        return [f"{name}_masked" if name in self.masked else name for name in fields]

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Lead to what is personal, where something is."""
        return {"personal": (self.personal, row.pk)} if self.personal else {}


def _masking(model: type[models.Model], name: str) -> Callable[[Any], str]:
    @admin.display(description=_column(model, name))
    def shown(row: Any) -> str:
        return masked_in(text=str(getattr(row, name) or "").removeprefix("+86"))

    return shown


def _name_of_column(model: type[models.Model], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


# Read each time: columns are named in the reader's language, after the admin was put together.
_column = lazy(_name_of_column, str)


class OfNumbers(ReadOnly):
    """Rows about phone numbers, found by the id of a number: for a phone, ask the desk.

    There the search is written down, and leads to the number's lines, whose address has the id.
    """

    masked = ("msisdn",)
    search_fields = ("id__exact",)
    search_help_text = _("编号，或号码的编号（line/… 里的那一段）")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term:
            return queryset, False
        try:
            named = UUID(search_term.strip())
        except ValueError:
            return queryset.none(), False
        # Numbers are known to the folder above; their table is asked by its name.
        numbers = apps.get_model("wallet", "Number").objects.filter(pk=named)
        among = Q(msisdn__in=list(numbers.values_list("msisdn", flat=True)))
        if isinstance(queryset.model._meta.pk, models.UUIDField):
            among |= Q(pk=named)
        return queryset.filter(among), False
