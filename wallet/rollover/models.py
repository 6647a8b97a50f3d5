"""Own data kept: deposits, take-backs, and what a month's end rolled into vouchers."""

from django.db import models

from wallet.carriers.models import Instruction
from wallet.holders.models import Holder, Number


class Deposit(models.Model):
    """Own data a subscriber handed over: in `line/<number>/<package>` once the deduct is proved.

    Its id is also that of its instruction (the reference the carrier knows) and its posting.
    """

    class State(models.TextChoices):
        ASKED = "asked"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="deposits")
    number = models.ForeignKey(Number, models.PROTECT, related_name="deposits")
    instruction = models.OneToOneField(Instruction, models.PROTECT, related_name="deposit")
    package = models.CharField(max_length=32)
    month = models.DateField()
    mb = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(mb__gt=0), name="deposit_mb_positive"),
        )
        indexes = (models.Index(fields=("number", "month", "package"), name="deposit_line"),)

    def __str__(self) -> str:
        return str(self.id)


class TakeBack(models.Model):
    """Deposited data asked back: in `delivery/<id>` until the carrier's restore is proved."""

    class State(models.TextChoices):
        ASKED = "asked"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="take_backs")
    number = models.ForeignKey(Number, models.PROTECT, related_name="take_backs")
    instruction = models.OneToOneField(Instruction, models.PROTECT, related_name="take_back")
    package = models.CharField(max_length=32)
    month = models.DateField()
    mb = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(mb__gt=0), name="take_back_mb_positive"),
        )

    def __str__(self) -> str:
        return str(self.id)


class Roll(models.Model):
    """What one package of one number gave at a month's end: id is that of its posting.

    voucher_mb = the deposited SURPLUS that was left + the attested remainder never deposited,
    as far as the rule of the carrier and province lets it roll.
    """

    id = models.UUIDField(primary_key=True)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="rolls")
    number = models.ForeignKey(Number, models.PROTECT, related_name="rolls")
    package = models.CharField(max_length=32)
    month = models.DateField()
    surplus_mb = models.BigIntegerField()
    remainder_mb = models.BigIntegerField()
    voucher_asset = models.CharField(max_length=48)
    rolled_at = models.DateTimeField()

    class Meta:
        constraints = (
            # The voucher names the carrier: a ported number may have one package of each.
            models.UniqueConstraint(
                fields=("number", "month", "package", "voucher_asset"),
                name="roll_once_per_package",
            ),
            models.CheckConstraint(
                condition=models.Q(surplus_mb__gte=0, remainder_mb__gte=0),
                name="roll_not_negative",
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
