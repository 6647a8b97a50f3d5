"""Merchants, their funding, and the one-time codes they show."""

from django.db import models

from wallet.holders.models import Holder, User


class Merchant(models.Model):
    """An organisation that hands out coins; they lie in `merchant/<id>/budget`."""

    holder = models.OneToOneField(
        Holder, models.PROTECT, primary_key=True, related_name="merchanthood"
    )
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.holder)


class MerchantFunding(models.Model):
    """Coins of a sponsor's budget given to a merchant's; its id is its posting's."""

    id = models.UUIDField(primary_key=True)
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="fundings")
    sponsor = models.ForeignKey(Holder, models.PROTECT, related_name="+")
    coins = models.BigIntegerField()
    funded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(coins__gt=0), name="merchant_funding_positive"
            ),
        )

    def __str__(self) -> str:
        return f"{self.coins}"


class CounterCode(models.Model):
    """A code on a merchant's screen: whoever scans it first, before it ends, gets its coins once.

    Nothing is set aside for it; it is shown only while the budget covers every code still open.
    """

    id = models.UUIDField(primary_key=True)
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="codes")
    shown_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    coins = models.BigIntegerField()
    token_hash = models.BinaryField(max_length=32, unique=True)
    shown_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    claimer = models.ForeignKey(Holder, models.PROTECT, null=True, blank=True, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(coins__gt=0), name="counter_code_positive"),
            models.CheckConstraint(
                condition=models.Q(claimer__isnull=True, claimed_at__isnull=True)
                | models.Q(claimer__isnull=False, claimed_at__isnull=False),
                name="counter_code_claimed_by_somebody",
            ),
        )
        indexes = (
            models.Index(fields=("merchant", "-shown_at"), name="counter_code_shown"),
            models.Index(fields=("claimer", "claimed_at"), name="counter_code_claimed"),
        )

    def __str__(self) -> str:
        return f"{self.coins} {self.shown_at:%F %T}"
