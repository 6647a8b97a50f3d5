"""Lists of tables too long to count: pages by the place of the last row, in an index's order.

Nothing here runs a COUNT or an OFFSET: a page costs the same at the beginning and at the end.
"""

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.http import HttpRequest
from unfold.views import ChangeList

BELOW = "below"


class UncountedPaginator(Paginator):  # type: ignore[type-arg]
    """What Django asks of a paginator, of rows that are a page already."""

    @cached_property
    def count(self) -> int:
        """Return how many rows the page has."""
        return len(self.object_list)


class KeysetChangeList(ChangeList):  # type: ignore[misc]
    """A list whose next page begins below the last row shown; its order is its admin's own."""

    next_page: str = ""
    is_first: bool = True

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """Leave the place out: it is no filter."""
        lookups: dict[str, Any] = super().get_filters_params(params)
        return {name: value for name, value in lookups.items() if name != BELOW}

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """Begin anew when a filter changes."""
        text: str = super().get_query_string(new_params, [*(remove or []), BELOW])
        return text

    def get_results(self, request: HttpRequest) -> None:
        """Read one page and one row more, which tells whether there is another page."""
        order = self._order(request)
        below = _place_in(request.GET.get(BELOW, ""), model=self.model, order=order)
        rows = self.queryset.order_by(*order)
        rows = rows if below is None else rows_below(rows, order, below)
        read = list(rows[: self.list_per_page + 1])
        shown = read[: self.list_per_page]
        self.is_first = below is None
        if len(read) > len(shown):
            place = json.dumps(_place_of(shown[-1], order=order), cls=DjangoJSONEncoder)
            self.next_page = super().get_query_string({BELOW: place})
        self.first_page = super().get_query_string(remove=[BELOW])
        # The names Django's templates ask for; nobody counted.
        self.result_list = shown
        self.paginator = UncountedPaginator(shown, self.list_per_page)
        self.result_count = self.full_result_count = len(shown)
        self.show_full_result_count = False
        self.show_admin_actions = bool(self.model_admin.actions)
        self.can_show_all = self.multi_page = False

    def _order(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the admin's order, made whole by the key: one place, one row."""
        order = tuple(self.model_admin.get_ordering(request)) or ("-pk",)
        key = self.lookup_opts.pk.attname
        order = tuple(name.replace("pk", key) if name in {"pk", "-pk"} else name for name in order)
        if order[-1].removeprefix("-") in {key, self.lookup_opts.pk.name}:
            return order
        return (*order, f"-{key}" if order[0].startswith("-") else key)


def rows_below(rows: QuerySet[Any], order: Sequence[str], place: Sequence[object]) -> QuerySet[Any]:
    """Return the rows after a place in their order: all columns fall, or all rise."""
    columns = Tuple(*(F(name.removeprefix("-")) for name in order))
    beyond = TupleLessThan if order[0].startswith("-") else TupleGreaterThan
    return rows.filter(beyond(columns, tuple(place)))


def _place_of(row: Any, *, order: Sequence[str]) -> list[object]:
    fields = [row._meta.get_field(name.removeprefix("-")) for name in order]
    return [getattr(row, field.attname) for field in fields]


def _place_in(text: str, *, model: Any, order: Sequence[str]) -> list[object] | None:
    """Return the place an address names; None asks for the first page, as does nonsense."""
    try:
        values = json.loads(text)
    except ValueError:
        return None
    if not isinstance(values, list) or len(values) != len(order):
        return None
    fields = [model._meta.get_field(name.removeprefix("-")) for name in order]
    try:
        place = [field.to_python(value) for field, value in zip(fields, values, strict=True)]
    except (ValidationError, TypeError):
        return None
    return None if None in place else place
