"""What an issuer owes for coins nobody could deliver."""

from django.db import models

from wallet.carriers.models import Carrier
from wallet.holders.models import Holder


class CashRefund(models.Model):
    """A line of an issuer's refund list: coins that lay at an address, and their price in fen.

    Owed to a holder, or to the carrier that delivered for them (which the issuers clear among
    themselves). `posting` moved the coins back; several issuers may share one.
    """

    id = models.UUIDField(primary_key=True)
    posting = models.UUIDField(db_index=True)
    address = models.CharField(max_length=64)
    holder = models.ForeignKey(
        Holder, models.PROTECT, null=True, blank=True, related_name="cash_refunds"
    )
    carrier = models.ForeignKey(Carrier, models.PROTECT, null=True, blank=True, related_name="+")
    issuer = models.ForeignKey(Carrier, models.PROTECT, related_name="cash_refunds")
    coins = models.BigIntegerField()
    fen = models.BigIntegerField()
    listed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    paid_by = models.CharField(max_length=64, blank=True)
    reference = models.CharField(max_length=64, blank=True)

    class Meta:
        permissions = (("pay_cashrefund", "Can note that a refund was paid"),)
        constraints = (
            models.UniqueConstraint(fields=("posting", "issuer"), name="cash_refund_once"),
            models.CheckConstraint(
                condition=models.Q(coins__gt=0, fen__gte=0), name="cash_refund_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(holder__isnull=False, carrier__isnull=True)
                | models.Q(holder__isnull=True, carrier__isnull=False),
                name="cash_refund_owed_to_one",
            ),
            models.CheckConstraint(
                condition=models.Q(paid_at__isnull=True, reference="")
                | (models.Q(paid_at__isnull=False) & ~models.Q(reference="")),
                name="cash_refund_paid_with_reference",
            ),
        )
        indexes = (
            models.Index(fields=("issuer", "listed_at"), name="cash_refund_list"),
            models.Index(fields=("holder",), name="cash_refund_holder"),
        )

    def __str__(self) -> str:
        return f"{self.coins} {self.issuer_id}"
