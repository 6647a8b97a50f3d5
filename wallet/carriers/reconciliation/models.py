"""Statements line by line, and what each day's comparison found."""

from django.db import models

from wallet.carriers.models import Carrier, StatementDay


class StatementLine(models.Model):
    """One thing a carrier says it did, as it says it.

    A statement may be read several times until it is final: the lines of its day's last whole
    reading are those that count.
    """

    id = models.BigAutoField(primary_key=True)
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="+")
    day = models.DateField()
    reading = models.UUIDField()
    line_id = models.CharField(max_length=64)
    reference = models.CharField(max_length=128)
    # The reference, where it can be one of ours.
    instruction_id = models.UUIDField(null=True, blank=True)
    # As an instruction of this line would be.
    kind = models.CharField(max_length=8)
    msisdn = models.CharField(max_length=32)
    # A partner's goods have no month, and say which of them moved.
    month = models.DateField(null=True, blank=True)
    product = models.CharField(max_length=32, blank=True)
    mb = models.BigIntegerField()
    booked_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("carrier", "day", "reading"), name="statement_line_day"),
            models.Index(fields=("instruction_id",), name="statement_line_of"),
            models.Index(fields=("booked_at",), name="statement_line_age"),
        )

    def __str__(self) -> str:
        return f"{self.line_id} {self.mb} MB"


class Reconciliation(models.Model):
    """One day of one carrier, three ways, as last compared; amounts are MB (coins are MB too).

    Its statement against what we hold to be done of what it lists or should list; what we
    settled as done that day against what the ledger booked that day.
    """

    class State(models.TextChoices):
        WAITING = "waiting"  # for the final statement
        AGREES = "agrees"
        DIFFERS = "differs"

    id = models.BigAutoField(primary_key=True)
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="+")
    day = models.DateField()
    statement = models.ForeignKey(StatementDay, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State)
    lines = models.BigIntegerField()
    lines_mb = models.BigIntegerField()
    ours = models.BigIntegerField()
    ours_mb = models.BigIntegerField()
    settled = models.BigIntegerField()
    settled_mb = models.BigIntegerField()
    booked = models.BigIntegerField()
    booked_mb = models.BigIntegerField()
    undecided = models.BigIntegerField()
    breaks = models.BigIntegerField()
    compared_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("day", "carrier"), name="reconciliation_once"),
        )

    def __str__(self) -> str:
        return f"{self.carrier_id} {self.day}"
