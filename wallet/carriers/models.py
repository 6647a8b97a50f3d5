"""Carriers, what their usage files attest, and our instructions to them."""

import uuid

from django.db import models

from wallet.carriers.rules import masked_in


class DataCarriers(models.Manager["Carrier"]):
    """Those that deliver data; a list of carriers never shows a catalog's partners."""

    def get_queryset(self) -> models.QuerySet["Carrier"]:
        """Leave partners out."""
        return super().get_queryset().filter(is_partner=False)


class Carrier(models.Model):
    """A carrier that delivers data: CT, CU, CM, or a virtual operator such as MV.

    A partner of the catalog is a party of the same sort, with an adaptor and statements of its
    own: `parties` are both.
    """

    code = models.CharField(max_length=4, primary_key=True)
    name_zh = models.CharField(max_length=32)
    name_en = models.CharField(max_length=32)
    is_virtual = models.BooleanField(default=False)
    # Delivers other goods than data: a party of the catalog.
    is_partner = models.BooleanField(default=False, editable=False)
    adaptor = models.CharField(max_length=16, default="tmf654")
    base_url = models.URLField(blank=True)
    # Beginnings of numbers first issued by it, beside those of the numbering plan: "1712 1713".
    prefixes = models.CharField(max_length=255, blank=True)
    calls_at_once = models.PositiveSmallIntegerField(default=4)
    answer_ms_max = models.PositiveIntegerField(default=5_000)
    # The circuit breaker: calls in a row without an answer, since when, and no call before.
    misses = models.PositiveIntegerField(default=0)
    silent_since = models.DateTimeField(null=True, blank=True)
    rests_until = models.DateTimeField(null=True, blank=True)

    objects = DataCarriers()
    parties: models.Manager["Carrier"] = models.Manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[A-Z0-9]{2,4}$"), name="carrier_code_readable"
            ),
            models.CheckConstraint(
                condition=models.Q(calls_at_once__gte=1, calls_at_once__lte=64),
                name="carrier_calls_at_once",
            ),
            # A call must end well within the lease of whoever makes it.
            models.CheckConstraint(
                condition=models.Q(answer_ms_max__gte=100, answer_ms_max__lte=7_000),
                name="carrier_answer_ms",
            ),
        )

    def __str__(self) -> str:
        return self.code


class UsageFile(models.Model):
    """A usage file that was read, by the SHA-256 of its content."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=255)
    lines = models.PositiveIntegerField()
    bad_lines = models.PositiveIntegerField()
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Usage(models.Model):
    """What a carrier attests of one package of one number in one month, in MB."""

    class Kind(models.TextChoices):
        NATIONAL = "national"
        PROVINCIAL = "provincial"
        NIGHT = "night"
        DIRECTED = "directed"
        TOPUP = "topup"

    id = models.BigAutoField(primary_key=True)
    msisdn = models.CharField(max_length=11)
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="+")
    province = models.CharField(max_length=16)
    month = models.DateField()
    package = models.CharField(max_length=32)
    kind = models.CharField(max_length=12, choices=Kind)
    allowance_mb = models.BigIntegerField()
    used_mb = models.BigIntegerField()
    as_of = models.DateTimeField()
    final = models.BooleanField(default=False)
    # Set when the month's close begins: this attestation is the one its roll computes from.
    in_close = models.BooleanField(default=False)
    # The file that said so last, by its content; it is remembered when all of it was read.
    file = models.ForeignKey(
        UsageFile,
        models.DO_NOTHING,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("msisdn", "carrier", "month", "package"), name="usage_once_per_package"
            ),
            models.CheckConstraint(
                condition=models.Q(allowance_mb__gte=0, used_mb__gte=0), name="usage_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(in_close=False) | models.Q(final=True),
                name="usage_closes_when_final",
            ),
        )
        indexes = (models.Index(fields=("month", "carrier", "msisdn"), name="usage_month"),)

    def __str__(self) -> str:
        return f"{self.package} {self.month:%Y-%m}"


class Instruction(models.Model):
    """One thing asked of a carrier under one reference of ours, and how far it has come.

    created → submitted → processing → delivered | failed; unknown while nobody can say.
    """

    class Kind(models.TextChoices):
        DEDUCT = "deduct"
        RESTORE = "restore"
        SUBMIT = "submit"

    class State(models.TextChoices):
        CREATED = "created"
        SUBMITTED = "submitted"
        PROCESSING = "processing"
        DELIVERED = "delivered"
        FAILED = "failed"
        UNKNOWN = "unknown"

    FINAL = (State.DELIVERED, State.FAILED)
    # Sent, and no proof yet.
    UNDECIDED = (State.SUBMITTED, State.PROCESSING, State.UNKNOWN)

    id = models.UUIDField(primary_key=True)
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="instructions")
    kind = models.CharField(max_length=8, choices=Kind)
    msisdn = models.CharField(max_length=11)
    package = models.CharField(max_length=32, blank=True)
    product = models.CharField(max_length=32, blank=True)
    # Of a partner's product: how many of it.
    mb = models.BigIntegerField()
    month = models.DateField()
    state = models.CharField(max_length=12, choices=State, default=State.CREATED)
    reason = models.CharField(max_length=64, blank=True)
    # Whom a refusal named as the number's carrier now.
    present_carrier = models.CharField(max_length=4, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField()
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(mb__gt=0), name="instruction_mb_positive"),
        )
        indexes = (
            models.Index(
                fields=("carrier", "next_at"),
                name="instruction_due",
                condition=~models.Q(state__in=("delivered", "failed")),
            ),
            models.Index(
                fields=("decided_at",),
                name="instruction_to_settle",
                condition=models.Q(state__in=("delivered", "failed"), settled_at__isnull=True),
            ),
            models.Index(fields=("carrier", "submitted_at"), name="instruction_submitted"),
            models.Index(
                fields=("carrier", "lease_until"),
                name="instruction_in_call",
                condition=models.Q(lease_until__isnull=False),
            ),
            models.Index(
                fields=("msisdn", "decided_at"),
                name="instruction_word",
                condition=models.Q(decided_at__isnull=False),
            ),
            models.Index(
                fields=("carrier", "settled_at"),
                name="instruction_settled",
                condition=models.Q(settled_at__isnull=False),
            ),
            models.Index(
                fields=("created_at",),
                name="instruction_unsent",
                condition=models.Q(state="created"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class StatementDay(models.Model):
    """A day's statement of a carrier as last read; only a final one decides anything."""

    id = models.BigAutoField(primary_key=True)
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="+")
    day = models.DateField()
    final = models.BooleanField()
    lines = models.PositiveIntegerField()
    # Which of its readings came to an end last; lines of others do not count.
    reading = models.UUIDField(null=True, blank=True)
    read_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("carrier", "day"), name="statement_day_once"),
        )

    def __str__(self) -> str:
        return f"{self.carrier_id} {self.day}"


class Break(models.Model):
    """A difference between us and a carrier, waiting for an admin; never mended by an edit.

    Where value must move, two persons' adjustment moves it, and the break names their proposal.
    What nobody can decide, two persons decide by what the carrier wrote: one asks, another confirms.
    """

    class Kind(models.TextChoices):
        FINAL_USAGE_CHANGED = "final_usage_changed"
        DELIVERED_AFTER_REFUND = "delivered_after_refund"
        LISTED_TWICE = "listed_twice"
        NOT_LISTED = "not_listed"
        UNKNOWN_REFERENCE = "unknown_reference"
        AMOUNT_DIFFERS = "amount_differs"
        UNDECIDED = "undecided"
        NOT_BOOKED = "not_booked"
        BOOKED_OTHERWISE = "booked_otherwise"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="breaks")
    kind = models.CharField(max_length=24, choices=Kind)
    reference = models.CharField(max_length=128)
    facts = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=64, blank=True)
    resolution = models.TextField(blank=True)
    proposal = models.UUIDField(null=True, blank=True)
    asked_outcome = models.CharField(max_length=12, blank=True)
    asked_by = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_reason = models.TextField(blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("-found_at", "id"),
                name="break_waiting",
                condition=models.Q(resolved_at__isnull=True),
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(asked_outcome="")
                | models.Q(resolved_at__isnull=True)
                | ~models.Q(resolved_by=models.F("asked_by")),
                name="break_decided_by_two",
            ),
            models.UniqueConstraint(fields=("carrier", "kind", "reference"), name="break_once"),
        )

    def __str__(self) -> str:
        return masked_in(text=f"{self.kind} {self.reference}")
