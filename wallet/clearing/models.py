"""A month's clearing, a statement for each carrier, its lines, and what two persons decided."""

from django.db import models

from wallet.carriers.models import Carrier
from wallet.holders.models import User


class Clearing(models.Model):
    """A month's clearing between carriers: what it froze, and when all of it was retired.

    `outstanding` is each issuer's coins (by carrier's code) in proportion to which redemptions
    are charged; `prices` what each carrier is paid for what it redeemed, in fen for 1,000 coins.
    """

    month = models.DateField(primary_key=True)
    outstanding = models.JSONField(default=dict)
    prices = models.JSONField(default=dict)
    struck_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ClearingStatement(models.Model):
    """One carrier's statement of a month; retired when its coins and fen are booked."""

    id = models.UUIDField(primary_key=True)
    clearing = models.ForeignKey(Clearing, models.PROTECT, related_name="statements")
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("clearing", "carrier"), name="clearing_statement_once"),
        )
        permissions = (
            ("propose_clearing", "Can propose that a statement is retired or a line left out"),
            ("decide_clearing", "Can approve or decline what another proposed of a statement"),
        )

    def __str__(self) -> str:
        return f"{self.carrier_id} {self.clearing_id:%Y-%m}"


class ClearingLine(models.Model):
    """A line: what the carrier redeemed (credit), or its coins that a carrier redeemed (charge).

    A credit names the account (`payable`, `fees`), the kind of transactions and their day, and
    where their entries lie: from `first_entry` to `last_entry` of `month`. It is priced in the
    charges. A line that was left out stands again, with its `origin`, in the next month's.
    """

    class Side(models.TextChoices):
        CREDIT = "credit"
        CHARGE = "charge"

    class State(models.TextChoices):
        OPEN = "open"
        CONFIRMED = "confirmed"
        DISPUTED = "disputed"
        LEFT_OUT = "left_out"

    id = models.UUIDField(primary_key=True)
    statement = models.ForeignKey(ClearingStatement, models.PROTECT, related_name="lines")
    side = models.CharField(max_length=8, choices=Side)
    account = models.CharField(max_length=8, blank=True)
    kind = models.CharField(max_length=32)
    month = models.DateField()
    day = models.DateField(null=True, blank=True)
    counterpart = models.ForeignKey(
        Carrier, models.PROTECT, null=True, blank=True, related_name="+"
    )
    origin = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="brought"
    )
    coins = models.BigIntegerField()
    fen = models.BigIntegerField(default=0)
    transactions = models.PositiveBigIntegerField(default=0)
    first_entry = models.BigIntegerField(default=0)
    last_entry = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    said_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    said_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ("side", "day", "account", "kind", "counterpart", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(side="credit", counterpart__isnull=True)
                | models.Q(side="charge", counterpart__isnull=False),
                name="clearing_line_has_its_side",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="left_out") | models.Q(side="credit"),
                name="clearing_charges_stay_in",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.coins}"


class ClearingStep(models.Model):
    """What one of our staff proposed of a statement, and another decided."""

    class Kind(models.TextChoices):
        RETIRE = "retire"
        LEAVE_OUT = "leave_out"

    class Outcome(models.TextChoices):
        APPROVED = "approved"
        DECLINED = "declined"

    id = models.UUIDField(primary_key=True)
    statement = models.ForeignKey(ClearingStatement, models.PROTECT, related_name="steps")
    line = models.ForeignKey(
        ClearingLine, models.PROTECT, null=True, blank=True, related_name="steps"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.TextField()
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | ~models.Q(decided_by=models.F("proposed_by")),
                name="clearing_step_takes_two",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True, decided_at__isnull=True, outcome="")
                | (
                    models.Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~models.Q(outcome="")
                ),
                name="clearing_step_decided_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="retire", line__isnull=True)
                | models.Q(kind="leave_out", line__isnull=False),
                name="clearing_step_about",
            ),
            models.UniqueConstraint(
                fields=("statement", "line"),
                condition=models.Q(outcome=""),
                nulls_distinct=False,
                name="clearing_step_open_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.statement_id}"


class ClearingPayment(models.Model):
    """What one carrier pays another for a month, in fen, once every statement is retired."""

    id = models.UUIDField(primary_key=True)
    clearing = models.ForeignKey(Clearing, models.PROTECT, related_name="payments")
    debtor = models.ForeignKey(Carrier, models.PROTECT, related_name="+")
    creditor = models.ForeignKey(Carrier, models.PROTECT, related_name="+")
    fen = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(fen__gt=0) & ~models.Q(debtor=models.F("creditor")),
                name="clearing_payment_to_another",
            ),
            models.UniqueConstraint(
                fields=("clearing", "debtor", "creditor"), name="clearing_payment_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.creditor_id} {self.fen}"
