"""Coins and data on their way to a phone number."""

import uuid

from django.db import models

from wallet.carriers.models import Carrier, Instruction
from wallet.holders.models import Holder


class Conversion(models.Model):
    """Coins turned into data on a number: in `conversion/<id>` until delivery is proved or refused.

    Its id is that of its first posting; the instruction in force may change after a re-detection,
    so it is a row of its own. 1 coin is 1 MB.
    """

    class State(models.TextChoices):
        ON_ITS_WAY = "on_its_way"
        DELIVERED = "delivered"
        REFUNDED = "refunded"

    id = models.UUIDField(primary_key=True)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="conversions")
    msisdn = models.CharField(max_length=11)
    # What the user said, or nothing; `carrier` is who is to deliver.
    chosen_carrier = models.CharField(max_length=4, blank=True)
    # How the carrier in force is known: by the prefix, from a carrier, from the user.
    known_by = models.CharField(max_length=8, default="prefix")
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="+")
    instruction = models.OneToOneField(Instruction, models.PROTECT, related_name="conversion")
    coins = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.ON_ITS_WAY)
    redetected = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(coins__gt=0), name="conversion_coins_positive"
            ),
        )
        indexes = (models.Index(fields=("holder", "-made_at"), name="conversion_made"),)

    def __str__(self) -> str:
        return str(self.id)


class DataDelivery(models.Model):
    """DATA, VOUCHER or DIRECT on its way to a number of its carrier: in `delivery/<id>` until proof.

    What could not be used in time if it came back in its own month `returns_next_month`.
    """

    class State(models.TextChoices):
        ON_ITS_WAY = "on_its_way"
        DELIVERED = "delivered"
        RETURNED = "returned"

    id = models.UUIDField(primary_key=True)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="data_deliveries")
    msisdn = models.CharField(max_length=11)
    instruction = models.OneToOneField(Instruction, models.PROTECT, related_name="data_delivery")
    asset = models.CharField(max_length=48)
    mb = models.BigIntegerField()
    returns_next_month = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State, default=State.ON_ITS_WAY)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "data deliveries"
        constraints = (
            models.CheckConstraint(condition=models.Q(mb__gt=0), name="data_delivery_mb_positive"),
        )
        indexes = (models.Index(fields=("holder", "-made_at"), name="data_delivery_made"),)

    def __str__(self) -> str:
        return str(self.id)


class CarrierWait(models.Model):
    """A holder's place on the waiting list of a carrier that delivers nothing for coins."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="carrier_waits")
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="+")
    joined_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("holder", "carrier"),
                condition=models.Q(told_at__isnull=True),
                name="carrier_wait_once",
            ),
        )
        indexes = (
            models.Index(
                fields=("carrier", "joined_at"),
                condition=models.Q(told_at__isnull=True),
                name="carrier_wait_open",
            ),
        )

    def __str__(self) -> str:
        return self.carrier_id


class LastDelivery(models.Model):
    """What the end of the service sent of a holder's asset to its own number, once.

    Neither a conversion nor a delivery: no number of the holder's could take it.
    """

    id = models.BigAutoField(primary_key=True)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="last_deliveries")
    asset = models.CharField(max_length=48)
    amount = models.BigIntegerField()
    conversion = models.OneToOneField(
        Conversion, models.PROTECT, null=True, blank=True, related_name="last_delivery"
    )
    delivery = models.OneToOneField(
        DataDelivery, models.PROTECT, null=True, blank=True, related_name="last_delivery"
    )
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "last deliveries"
        constraints = (
            models.UniqueConstraint(fields=("holder", "asset"), name="last_delivery_once"),
            models.CheckConstraint(
                condition=models.Q(conversion__isnull=True) | models.Q(delivery__isnull=True),
                name="last_delivery_of_one_kind",
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount} {self.asset}"
