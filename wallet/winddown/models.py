"""A wind-down, and how far each of its steps has come."""

import uuid

from django.db import models


class WindDown(models.Model):
    """The end of the service: called off before it begins, or carried out to the end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reason = models.TextField()
    announced_at = models.DateTimeField()
    announced_by = models.CharField(max_length=64)
    may_begin_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    begun_by = models.CharField(max_length=64, blank=True)
    called_off_at = models.DateTimeField(null=True, blank=True)
    called_off_by = models.CharField(max_length=64, blank=True)
    # When everybody who had been told of it was told that.
    call_off_told_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = (("steer_winddown", "Can announce a wind-down and call it off"),)
        constraints = (
            # Those called off differ in when they were; of the others there is one.
            models.UniqueConstraint(
                fields=("called_off_at",), nulls_distinct=False, name="wind_down_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(begun_at__isnull=True)
                | models.Q(begun_at__gte=models.F("may_begin_at"), called_off_at__isnull=True),
                name="wind_down_begins_after_its_notice",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(begun_at__isnull=False),
                name="wind_down_ends_once_begun",
            ),
        )

    def __str__(self) -> str:
        return f"{self.announced_at:%Y-%m-%d}"


class WindDownStep(models.Model):
    """The most one step has had before it, as far as anybody looked; what is left is asked anew."""

    id = models.BigAutoField(primary_key=True)
    wind_down = models.ForeignKey(WindDown, models.PROTECT, related_name="steps")
    name = models.CharField(max_length=32)
    found = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("wind_down", "name"), name="wind_down_step_once"),
        )

    def __str__(self) -> str:
        return self.name
