"""Own data kept: deposits, take-backs, and what a month's end rolled into vouchers."""

from django.db import models

from wallet.carriers.models import Carrier, Instruction
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


class Saving(models.Model):
    """Deposited data that its carrier bought for coins (零存整取): id is that of its posting.

    Per holder and carrier the coins of all savings together are their MB at each one's rate,
    rounded down once: small savings lose nothing, though one of them may give no coin by itself.
    """

    id = models.UUIDField(primary_key=True)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="savings")
    number = models.ForeignKey(Number, models.PROTECT, related_name="savings")
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="+")
    package = models.CharField(max_length=32)
    month = models.DateField()
    mb = models.BigIntegerField()
    rate_coins_per_100mb = models.PositiveSmallIntegerField()
    coins = models.BigIntegerField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(mb__gt=0, coins__gte=0), name="saving_amounts"
            ),
            # A coin is a MB: no carrier pays more for one than it is worth.
            models.CheckConstraint(
                condition=models.Q(rate_coins_per_100mb__range=(1, 100)), name="saving_rate"
            ),
        )
        indexes = (models.Index(fields=("holder", "carrier"), name="saving_of_holder"),)

    def __str__(self) -> str:
        return str(self.id)


class RollWish(models.Model):
    """How a number's month ends: its remainder rolls by itself, or only after its holder said so."""

    number = models.OneToOneField(
        Number, models.PROTECT, primary_key=True, related_name="roll_wish"
    )
    asks = models.BooleanField(default=False)
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number} {'asks' if self.asks else 'auto'}"


class RollAnswer(models.Model):
    """What a holder said about one month of one number: roll what is left, or let it go."""

    id = models.BigAutoField(primary_key=True)
    number = models.ForeignKey(Number, models.PROTECT, related_name="roll_answers")
    month = models.DateField()
    rolls = models.BooleanField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("number", "month"), name="roll_answer_once"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.month:%Y-%m}"
