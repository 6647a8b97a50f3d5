"""Codes that prove a number."""

from django.db import models

from wallet.holders.models import Holder


class NumberCode(models.Model):
    """A code (6 digits, derived from the id) sent to a number that a holder says is its own."""

    id = models.UUIDField(primary_key=True)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="number_codes")
    msisdn = models.CharField(max_length=11)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("holder", "-asked_at"), name="number_code_asked"),)

    def __str__(self) -> str:
        return str(self.id)
