"""Cases: what a subscriber doubts about an entry, and what was answered."""

from django.db import models

from wallet.holders.models import Holder


class Case(models.Model):
    """A subscriber's doubt about one entry of its own, open until it is answered.

    `answered_by` is the actor (`admin/<user>`).
    """

    class State(models.TextChoices):
        OPEN = "open"
        ANSWERED = "answered"

    class Outcome(models.TextChoices):
        RIGHT = "right"
        CORRECTED = "corrected"
        EXPLAINED = "explained"

    id = models.UUIDField(primary_key=True)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="cases")
    entry_id = models.BigIntegerField()
    transaction_id = models.UUIDField()
    text = models.CharField(max_length=500)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = (("answer_case", "Can answer subscribers' cases"),)
        constraints = (
            models.UniqueConstraint(
                fields=("holder", "entry_id"),
                condition=models.Q(state="open"),
                name="case_open_once_per_entry",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", outcome="", answered_at__isnull=True)
                | (models.Q(state="answered", answered_at__isnull=False) & ~models.Q(outcome="")),
                name="case_answered_with_an_outcome",
            ),
        )
        indexes = (
            models.Index(fields=("holder", "-opened_at"), name="case_opened"),
            models.Index(fields=("-opened_at", "-id"), name="case_newest"),
        )

    def __str__(self) -> str:
        return str(self.id)
