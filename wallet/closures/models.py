"""Wallets that ended."""

from django.db import models

from wallet.holders.models import Holder


class Closure(models.Model):
    """The end of a holder: who ended it and why, and what was left (coins; MB by asset).

    Its id is that of the posting that swept what was left, if anything was.
    """

    id = models.UUIDField(primary_key=True)
    holder = models.OneToOneField(Holder, models.PROTECT, related_name="closure")
    by = models.CharField(max_length=64)
    reason = models.CharField(max_length=200, blank=True)
    coins = models.BigIntegerField()
    goods = models.JSONField(default=dict)
    closed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(coins__gte=0), name="closure_not_below_zero"),
        )

    def __str__(self) -> str:
        return str(self.id)


class GivenUp(models.Model):
    """Coins that closed wallets left, taken back by an issuer: it owes so many less.

    `posting` is the sweep's, which may have taken parts for several issuers.
    """

    id = models.UUIDField(primary_key=True)
    posting = models.UUIDField()
    issuer = models.ForeignKey("wallet.Carrier", models.PROTECT, related_name="+")
    coins = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(coins__gt=0), name="given_up_positive"),
        )

    def __str__(self) -> str:
        return str(self.id)
