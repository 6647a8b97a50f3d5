"""Tasks, who started them, and the messages that proved them: read only."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import TabularInline

from wallet.carriers.admin import ReadOnly
from wallet.earn.models import Earning, EarningStage, Postback, Task, TaskStage


class _ReadInline(TabularInline):  # type: ignore[misc]
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class TaskStageInline(_ReadInline):
    """A task's steps."""

    model = TaskStage
    fields = readonly_fields = ("place", "event", "coins", "vest_days")


class EarningStageInline(_ReadInline):
    """An earning's steps."""

    model = EarningStage
    fields = readonly_fields = ("place", "event", "coins", "state", "proved_at", "vests_at")


@admin.register(Task)
class TaskAdmin(ReadOnly):
    """What sponsors pay for."""

    list_display = ("title_zh", "campaign", "minutes", "is_open", "published_at")
    list_filter = ("is_open",)
    search_fields = ("title_zh", "title_en", "campaign__name")
    fields = (
        "campaign",
        "title_zh",
        "title_en",
        "minutes",
        "url",
        "is_open",
        "lapse_days",
        "published_at",
    )
    inlines = (TaskStageInline,)


@admin.register(Earning)
class EarningAdmin(ReadOnly):
    """Tasks people started."""

    list_display = ("id", "task", "holder", "state", "coins", "started_at", "lapses_at")
    list_filter = ("state",)
    list_select_related = ("task", "holder")
    search_fields = ("id__exact", "holder__id__exact")
    inlines = (EarningStageInline,)
    show_full_result_count = False


@admin.register(Postback)
class PostbackAdmin(ReadOnly):
    """Messages sponsors sent."""

    list_display = ("message_id", "sponsor", "earning", "event", "happened_at", "received_at")
    search_fields = ("message_id__exact", "earning__id__exact")
    show_full_result_count = False
