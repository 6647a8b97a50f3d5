"""Tasks, who started them, and the stages in which their coins vest."""

from django.db import models

from wallet.holders.models import Holder
from wallet.sponsors.models import Campaign


class Task(models.Model):
    """Something a sponsor pays for: coins in stages, the minutes it takes, where it is done."""

    id = models.UUIDField(primary_key=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="tasks")
    title_zh = models.CharField(max_length=64)
    title_en = models.CharField(max_length=64)
    minutes = models.PositiveIntegerField()
    url = models.URLField()
    is_open = models.BooleanField(default=True)
    lapse_days = models.PositiveIntegerField(default=14)
    published_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(minutes__gt=0), name="task_takes_time"),
        )

    def __str__(self) -> str:
        return self.title_zh


class TaskStage(models.Model):
    """One step of a task: the event that proves it, its coins, the days until they vest."""

    id = models.BigAutoField(primary_key=True)
    task = models.ForeignKey(Task, models.PROTECT, related_name="stages")
    event = models.CharField(max_length=16)
    coins = models.BigIntegerField()
    vest_days = models.PositiveIntegerField()
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("place",)
        constraints = (
            models.UniqueConstraint(fields=("task", "event"), name="task_stage_event_once"),
            models.CheckConstraint(condition=models.Q(coins__gt=0), name="task_stage_pays"),
        )

    def __str__(self) -> str:
        return self.event


class TaskReach(models.Model):
    """A person to whom a task was shown, counted once: the reach a sponsor's report tells."""

    id = models.BigAutoField(primary_key=True)
    task = models.ForeignKey(Task, models.PROTECT, related_name="reached")
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="+")
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("task", "holder"), name="task_reach_once"),)

    def __str__(self) -> str:
        return str(self.first_seen_at)


class Earning(models.Model):
    """A task one person started: its coins are set aside in `earning/<id>` until they vest."""

    class State(models.TextChoices):
        STARTED = "started"
        DONE = "done"
        LAPSED = "lapsed"

    id = models.UUIDField(primary_key=True)
    task = models.ForeignKey(Task, models.PROTECT, related_name="earnings")
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="earnings")
    state = models.CharField(max_length=8, choices=State, default=State.STARTED)
    coins = models.BigIntegerField()
    started_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("task", "holder"), name="earning_once_per_person"),
        )
        indexes = (
            models.Index(
                fields=("lapses_at",), name="earning_open", condition=models.Q(state="started")
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class EarningStage(models.Model):
    """One stage of an earning: when its event came, when its coins vest, whether they have."""

    class State(models.TextChoices):
        WAITING = "waiting"
        PROVED = "proved"
        VESTED = "vested"
        LAPSED = "lapsed"

    id = models.UUIDField(primary_key=True)
    earning = models.ForeignKey(Earning, models.PROTECT, related_name="stages")
    event = models.CharField(max_length=16)
    coins = models.BigIntegerField()
    vest_days = models.PositiveIntegerField()
    place = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    proved_at = models.DateTimeField(null=True, blank=True)
    vests_at = models.DateTimeField(null=True, blank=True)
    vested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("place",)
        constraints = (
            models.UniqueConstraint(fields=("earning", "event"), name="earning_stage_once"),
        )
        indexes = (
            models.Index(
                fields=("vests_at",), name="earning_stage_due", condition=models.Q(state="proved")
            ),
        )

    def __str__(self) -> str:
        return self.event


class Postback(models.Model):
    """A signed message of a sponsor that an event of an earning happened; each id counts once."""

    id = models.BigAutoField(primary_key=True)
    sponsor = models.ForeignKey(Holder, models.PROTECT, related_name="+")
    message_id = models.CharField(max_length=64)
    earning = models.ForeignKey(Earning, models.PROTECT, related_name="postbacks")
    event = models.CharField(max_length=16)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("sponsor", "message_id"), name="postback_once"),
        )

    def __str__(self) -> str:
        return self.message_id
