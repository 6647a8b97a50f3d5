"""A month's invoice, its lines, and the issuers who pay a merchant's."""

from django.db import models
from django.db.models import F, Q

from wallet.carriers.models import Carrier
from wallet.holders.models import Holder


class Invoice(models.Model):
    """What a month came to for a sponsor or a merchant, in fen; its id is its posting's.

    A sponsor's: what was due before, its orders, what corrections changed, what it paid (an order
    is booked when it is paid), and what is due; below zero it is to get that back. A merchant's:
    the coins it took for goods, and what issuers owe it for them (ordered, and due to it).
    """

    class Side(models.TextChoices):
        SPONSOR = "sponsor"
        MERCHANT = "merchant"

    id = models.UUIDField(primary_key=True)
    month = models.DateField()
    side = models.CharField(max_length=8, choices=Side)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="invoices")
    made_at = models.DateTimeField()
    opening_fen = models.BigIntegerField(default=0)
    ordered_fen = models.BigIntegerField(default=0)
    corrected_fen = models.BigIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)
    due_fen = models.BigIntegerField(default=0)
    coins = models.BigIntegerField(default=0)
    fen_per_1000 = models.BigIntegerField(default=0)
    # When the organisation's owners were told that it is there.
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("holder", "month", "side"), name="invoice_once"),
            models.CheckConstraint(
                condition=Q(
                    due_fen=F("opening_fen") + F("ordered_fen") + F("corrected_fen") - F("paid_fen")
                ),
                name="invoice_adds_up",
            ),
        )
        indexes = (
            models.Index(
                fields=("month", "id"),
                name="invoice_untold",
                condition=Q(told_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.holder} {self.month:%Y-%m}"


class InvoiceLine(models.Model):
    """A line: one transaction that was charged (CNY), or what one kind moved in a budget.

    Of a charge, `amount` is in fen and `coins` what was ordered with it. Of a budget, which names
    no transaction, the entries are those of its kind from `first_entry` to `last_entry` of the
    account in `month`.
    """

    id = models.UUIDField(primary_key=True)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    month = models.DateField()
    address = models.CharField(max_length=128)
    asset = models.CharField(max_length=40)
    kind = models.CharField(max_length=32)
    at = models.DateTimeField(null=True, blank=True)
    issuer = models.ForeignKey(Carrier, models.PROTECT, null=True, blank=True, related_name="+")
    amount = models.BigIntegerField()
    coins = models.BigIntegerField(default=0)
    transaction = models.UUIDField(null=True, blank=True)
    transactions = models.PositiveBigIntegerField()
    first_entry = models.BigIntegerField()
    last_entry = models.BigIntegerField()

    class Meta:
        ordering = ("asset", "address", "first_entry", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("invoice", "address", "asset", "first_entry"), name="invoice_line_once"
            ),
            models.UniqueConstraint(fields=("transaction", "address"), name="invoice_charges_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class InvoiceShare(models.Model):
    """The part of a merchant's coins that goes back to one issuer, and what it owes for it."""

    id = models.UUIDField(primary_key=True)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="shares")
    issuer = models.ForeignKey(Carrier, models.PROTECT, related_name="+")
    coins = models.BigIntegerField()
    fen = models.BigIntegerField()

    class Meta:
        ordering = ("issuer",)
        constraints = (
            models.UniqueConstraint(fields=("invoice", "issuer"), name="invoice_share_once"),
        )

    def __str__(self) -> str:
        return f"{self.issuer_id} {self.coins}"
