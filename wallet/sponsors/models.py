"""Sponsors, what they ordered, and the campaigns they fund."""

from django.db import models

from wallet.carriers.models import Carrier
from wallet.holders.models import Holder


class Sponsor(models.Model):
    """An organisation that pays for tasks, and the version of the secret its postbacks bear.

    The secret itself is derived from the server's key, so that nothing secret is stored.
    """

    holder = models.OneToOneField(
        Holder, models.PROTECT, primary_key=True, related_name="sponsorship"
    )
    secret_version = models.PositiveIntegerField(default=1)
    secret_rotated_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.holder)


class PurchaseOrder(models.Model):
    """Coins a sponsor ordered from an issuer (a carrier) at a price in fen; its id is its posting's."""

    id = models.UUIDField(primary_key=True)
    sponsor = models.ForeignKey(Holder, models.PROTECT, related_name="purchase_orders")
    issuer = models.ForeignKey(Carrier, models.PROTECT, related_name="+")
    coins = models.BigIntegerField()
    price_fen = models.BigIntegerField()
    paid_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(coins__gt=0, price_fen__gte=0), name="purchase_order_positive"
            ),
        )

    def __str__(self) -> str:
        return f"{self.coins}"


class Campaign(models.Model):
    """A funded promotion of a sponsor; its coins lie in `campaign/<id>/budget`."""

    class State(models.TextChoices):
        LIVE = "live"
        PAUSED = "paused"

    id = models.UUIDField(primary_key=True)
    sponsor = models.ForeignKey(Holder, models.PROTECT, related_name="campaigns")
    name = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.LIVE)
    launched_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class CampaignFunding(models.Model):
    """A launch or top-up: coins moved from the sponsor's budget to the campaign's; id = posting's."""

    id = models.UUIDField(primary_key=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="fundings")
    coins = models.BigIntegerField()
    funded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(coins__gt=0), name="campaign_funding_positive"
            ),
        )

    def __str__(self) -> str:
        return f"{self.coins}"
