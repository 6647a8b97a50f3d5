"""What every page of a table has that is read and never changed."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from ledger.audit.admin.keyset import KeysetChangeList, UncountedPaginator


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]
    """An admin page that shows and never changes; its `ordering` is one direction, and an index."""

    change_list_template = "audit/list.html"
    show_full_result_count = False
    paginator = UncountedPaginator
    list_per_page = 50
    sortable_by: Sequence[str] = ()
    actions: Sequence[str] | None = None

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[KeysetChangeList]:
        return KeysetChangeList

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        context = {**(self.context_of(request, row) if row else {}), **(extra_context or {})}
        answer: HttpResponse = super().change_view(request, object_id, form_url, context)
        return answer

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return what the row's page shows beside its fields."""
        return {}
