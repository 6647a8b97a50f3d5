"""The policy table: dated values, each with who set it and why."""

from django.db import models


class PolicyRow(models.Model):
    """A policy's value from an instant on; `scope` narrows it to a tier, a carrier or a province."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=64)
    scope = models.CharField(max_length=64, default="", blank=True)
    value = models.JSONField()
    starts_at = models.DateTimeField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=64)
    reason = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("key", "scope", "starts_at"), name="policy_row_once_per_instant"
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__gte=models.F("set_at")),
                name="policy_row_never_backwards",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(set_by=""),
                name="policy_row_says_who_and_why",
            ),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.scope}".strip()
