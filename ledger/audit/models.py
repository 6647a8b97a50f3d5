"""Who of the staff looked at what is personal, when, and why."""

from django.db import models


class Look(models.Model):
    """One look at personal data, or the reason given for looks at a subject; only ever added.

    `by` is the actor (`admin/<user>`); `subject` an address (`holder/<id>`, `gift/<id>`), or
    `phone/138****8000` for a number that was searched for.
    """

    class Kind(models.TextChoices):
        REASON = "reason"
        SEARCH = "search"
        TIMELINE = "timeline"
        PERSONAL = "personal"

    id = models.BigAutoField(primary_key=True)
    by = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=Kind)
    subject = models.CharField(max_length=80)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        permissions = (("make_look", "Can look at personal data, with a reason"),)
        indexes = (models.Index(fields=("by", "subject", "-at"), name="look_reason"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
