"""The ledger's tables as Django sees them: read only, made by the files in `sql/`."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from ledger.adjustments.models import (
    AdjustmentLimit,
    Proposal,
    ProposalDecision,
    ProposalLeg,
    ProposalPosting,
)
from ledger.audit.models import Look
from ledger.months.models import Close, ClosePart, ClosingBalance
from ledger.proofs.models import ProofFound, ProofRun
from ledger.seals.models import Head, Leaf, SealKey

__all__ = [
    "Account",
    "AddressKind",
    "AdjustmentLimit",
    "Balance",
    "Close",
    "ClosePart",
    "ClosingBalance",
    "Entry",
    "Head",
    "Leaf",
    "Look",
    "Month",
    "ProofFound",
    "ProofRun",
    "Proposal",
    "ProposalDecision",
    "ProposalLeg",
    "ProposalPosting",
    "SealKey",
    "Transaction",
    "TransactionKind",
]


class AddressKind(models.Model):
    """A kind of address: its pattern, its bounds, whether it keeps a balance in one row or in stripes."""

    name = models.TextField(primary_key=True)
    pattern = models.TextField(unique=True)
    floor = models.BigIntegerField(null=True)
    ceiling = models.BigIntegerField(null=True)
    tracked = models.BooleanField()
    organisation = models.BooleanField()
    stripes = models.SmallIntegerField(default=0)

    class Meta:
        managed = False
        db_table = "ledger_address_kind"

    def __str__(self) -> str:
        return self.name


class TransactionKind(models.Model):
    """A kind of transaction: whether only a close posts it, whether it may move expired assets."""

    name = models.TextField(primary_key=True)
    closes = models.BooleanField()
    past_assets = models.BooleanField()

    class Meta:
        managed = False
        db_table = "ledger_transaction_kind"

    def __str__(self) -> str:
        return self.name


class Month(models.Model):
    """An Asia/Shanghai month of entries: open, closing or closed."""

    class State(models.TextChoices):
        OPEN = "open"
        CLOSING = "closing"
        CLOSED = "closed"

    month = models.DateField(primary_key=True)
    state = models.TextField(choices=State)
    closing_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    digest = models.BinaryField(null=True)
    root = models.BinaryField(null=True)

    class Meta:
        managed = False
        db_table = "ledger_month"
        ordering = ("month",)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Account(models.Model):
    """An address and an asset; a tracked one has a balance row, a striped one several."""

    id = models.UUIDField(primary_key=True)
    address = models.TextField()
    asset = models.TextField()
    kind = models.ForeignKey(AddressKind, models.DO_NOTHING, db_column="kind")
    tracked = models.BooleanField()
    organisation = models.BooleanField()
    stripes = models.SmallIntegerField(default=0)
    expires_month = models.DateField(null=True)
    opened_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "ledger_account"
        ordering = ("address", "asset")

    def __str__(self) -> str:
        return f"{self.address} {self.asset}"


class Balance(models.Model):
    """A tracked or striped account's balance now, in whole units of its asset: a view of its rows."""

    account = models.OneToOneField(
        Account, models.DO_NOTHING, primary_key=True, related_name="balance"
    )
    balance = models.BigIntegerField()
    version = models.BigIntegerField()
    floor = models.BigIntegerField(null=True)
    ceiling = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "ledger_balance"

    def __str__(self) -> str:
        return f"{self.account_id} {self.balance}"


class XidField(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's id of a database transaction (xid8), a number that only rises in one copy."""

    def db_type(self, connection: Any) -> str:
        """Return the column's type."""
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        """Return the number; the driver knows the type only as text."""
        return None if value is None else int(value)

    def to_python(self, value: Any) -> int | None:
        """Return the number in what an address or a form says.

        Raises:
            ValidationError: it is none.
        """
        if isinstance(value, int) or value is None:
            return value
        raise ValidationError("Not the id of a database transaction.", code="invalid")

    def get_prep_value(self, value: Any) -> str | None:
        """Return the number as a literal, which PostgreSQL reads as the column's type."""
        return None if value is None else str(value)


class Transaction(models.Model):
    """Something that happened once: its id is its idempotency key."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    month = models.DateField()
    at = models.DateTimeField()
    actor = models.TextField()
    metadata = models.JSONField()
    reverses = models.OneToOneField(
        "self", models.DO_NOTHING, null=True, db_column="reverses", related_name="reversed_by"
    )
    legs_hash = models.BinaryField()
    epoch = models.IntegerField()
    xid = XidField()

    class Meta:
        managed = False
        db_table = "ledger_transaction"

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Entry(models.Model):
    """A signed amount on one account, with the balance after it if the account is tracked.

    The database key is (month, account_id, id); `id` alone is unique and serves Django.
    """

    id = models.BigIntegerField(primary_key=True)
    month = models.DateField()
    account = models.ForeignKey(Account, models.DO_NOTHING, related_name="entries")
    transaction = models.ForeignKey(Transaction, models.DO_NOTHING, related_name="entries")
    amount = models.BigIntegerField()
    version = models.BigIntegerField(null=True)
    balance_after = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "ledger_entry"

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount:+d}"
