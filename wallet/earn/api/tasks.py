"""JSON: the tasks a person may start, and what it earned by them."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from wallet.earn.models import Earning, EarningStage, Task, TaskStage
from wallet.earn.operations import start_task
from wallet.earn.queries import earning_of, earnings_of, task_with, tasks_on_offer
from wallet.earn.rules import address_with_earning, coins_per_minute_tenths, in_tenths
from wallet.holders.api import NewestFirst, TextField
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder
from wallet.holders.queries import holder_of
from wallet.holders.rules import opaque_id, uuid_in


class TaskStageSerializer(serializers.Serializer[TaskStage]):
    """One step of a task: the event that proves it, its coins, the earliest day they vest."""

    event = serializers.CharField()
    coins = serializers.IntegerField()
    vest_days = serializers.IntegerField()


class TaskSerializer(serializers.Serializer[Task]):
    """A task: what it pays (coins, which are MB), and the minutes it takes."""

    id = serializers.SerializerMethodField()
    title_zh = serializers.CharField()
    title_en = serializers.CharField()
    sponsor = serializers.CharField(source="campaign.sponsor.name")
    minutes = serializers.IntegerField()
    coins = serializers.IntegerField()
    mb = serializers.IntegerField(source="coins")
    coins_per_minute = serializers.SerializerMethodField()
    stages = TaskStageSerializer(many=True)

    def get_id(self, task: Task) -> str:
        """Return the opaque id."""
        return opaque_id("tsk", task.pk)

    def get_coins_per_minute(self, task: Task) -> str:
        """Return coins per minute with one decimal, rounded down."""
        coins = sum(stage.coins for stage in task.stages.all())
        return in_tenths(coins_per_minute_tenths(coins=coins, minutes=task.minutes))


class EarningStageSerializer(serializers.Serializer[EarningStage]):
    """One stage of an earning: whether it was proved, when its coins vest or vested."""

    event = serializers.CharField()
    coins = serializers.IntegerField()
    state = serializers.ChoiceField(choices=EarningStage.State.choices)
    proved_at = serializers.DateTimeField(allow_null=True)
    vests_at = serializers.DateTimeField(allow_null=True)
    vested_at = serializers.DateTimeField(allow_null=True)


class EarningSerializer(serializers.Serializer[Earning]):
    """A task somebody started: its coins are set aside until they vest or lapse."""

    id = serializers.SerializerMethodField()
    task = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=Earning.State.choices)
    coins = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    lapses_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    url = serializers.SerializerMethodField()
    stages = EarningStageSerializer(many=True)

    def get_id(self, earning: Earning) -> str:
        """Return the opaque id."""
        return opaque_id("ern", earning.pk)

    def get_task(self, earning: Earning) -> str:
        """Return the task's opaque id."""
        return opaque_id("tsk", earning.task_id)

    def get_url(self, earning: Earning) -> str:
        """Return where the task is done, with the id the sponsor's postback names."""
        return address_with_earning(url=earning.task.url, earning=self.get_id(earning))


class StartSerializer(serializers.Serializer[None]):
    """Which task to start."""

    task = TextField(max_length=64)


class NewestTasks(NewestFirst):
    """Tasks, the newest first."""

    ordering = ("-published_at", "-id")


class Tasks(generics.ListAPIView[Task]):
    """What may be started now."""

    serializer_class = TaskSerializer
    pagination_class = NewestTasks

    def get_queryset(self) -> QuerySet[Task]:
        """Return the tasks on offer for whoever asks."""
        if getattr(self, "swagger_fake_view", False):
            return Task.objects.none()
        return tasks_on_offer(holder_of(self.request.user))


class OneTask(generics.RetrieveAPIView[Task]):
    """A task."""

    serializer_class = TaskSerializer

    def get_object(self) -> Task:
        """Return the task that the address names."""
        return task_with(uuid_in("tsk", self.kwargs["task_id"]))


class NewestEarnings(NewestFirst):
    """Earnings, the newest first."""

    ordering = ("-started_at", "-id")


class Earnings(generics.ListAPIView[Earning]):
    """What somebody started."""

    serializer_class = EarningSerializer
    pagination_class = NewestEarnings

    def get_queryset(self) -> QuerySet[Earning]:
        """Return the earnings of whoever asks."""
        if getattr(self, "swagger_fake_view", False):
            return Earning.objects.none()
        return earnings_of(holder_of(self.request.user))

    @extend_schema(
        operation_id="start_task",
        parameters=[KEY_PARAMETER],
        request=StartSerializer,
        responses={201: EarningSerializer},
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Start a task; its coins are set aside, and the answer says where it is done."""
        asked = StartSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        task = task_with(uuid_in("tsk", asked.validated_data["task"]))
        started = start_task(holder=holder, task=task, key=key, now=now)
        found = earning_of(holder=holder, earning_id=started.pk)
        return Response(EarningSerializer(found).data, status=201)


class OneEarning(generics.RetrieveAPIView[Earning]):
    """An earning."""

    serializer_class = EarningSerializer

    def get_object(self) -> Earning:
        """Return whoever asks' earning that the address names."""
        earning_id = uuid_in("ern", self.kwargs["earning_id"])
        return earning_of(holder=holder_of(self.request.user), earning_id=earning_id)
