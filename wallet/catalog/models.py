"""Partners, what they offer, and what was bought of them."""

from django.db import models

from wallet.carriers.models import Carrier, Instruction
from wallet.catalog.rules import Kind
from wallet.holders.models import Holder
from wallet.merchants.models import Merchant


class Partner(models.Model):
    """A party that sells in the catalog: how it is spoken to, and the merchant that is paid.

    What is bought of it goes to `merchant/<id>/payable`; the coins it pays for points come from
    `merchant/<id>/budget`.
    """

    party = models.OneToOneField(Carrier, models.PROTECT, primary_key=True, related_name="partner")
    merchant = models.OneToOneField(Merchant, models.PROTECT, related_name="partner")
    opened_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.party_id


class Product(models.Model):
    """What a partner offers, as it was last fetched; `coins` is the price of one.

    With `gives_coins` a member's points are taken instead, and the coins are paid out.
    """

    id = models.UUIDField(primary_key=True)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="products")
    sku = models.CharField(max_length=32)
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in Kind])
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=64)
    about_zh = models.CharField(max_length=255, blank=True)
    about_en = models.CharField(max_length=255, blank=True)
    coins = models.BigIntegerField()
    gives_coins = models.BooleanField(default=False)
    is_offered = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("partner", "sku", "kind", "gives_coins"), name="product_once_per_partner"
            ),
            models.CheckConstraint(condition=models.Q(coins__gt=0), name="product_has_a_price"),
            models.CheckConstraint(
                condition=models.Q(gives_coins=False) | models.Q(kind="points"),
                name="product_gives_coins_for_points_only",
            ),
        )

    def __str__(self) -> str:
        return f"{self.partner_id} {self.sku}"


class Purchase(models.Model):
    """So many of a product for coins, or coins for points: in `purchase/<id>` until it is proved.

    Its id is that of its first posting and the reference its partner knows. `gives_coins` is the
    product's at that time: the coins then come from the partner's budget, and go back there.
    """

    class State(models.TextChoices):
        ON_ITS_WAY = "on_its_way"
        DELIVERED = "delivered"
        REFUNDED = "refunded"

    id = models.UUIDField(primary_key=True)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="purchases")
    product = models.ForeignKey(Product, models.PROTECT, related_name="purchases")
    gives_coins = models.BooleanField()
    count = models.PositiveIntegerField()
    coins = models.BigIntegerField()
    msisdn = models.CharField(max_length=11)
    instruction = models.OneToOneField(Instruction, models.PROTECT, related_name="purchase")
    state = models.CharField(max_length=12, choices=State, default=State.ON_ITS_WAY)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(coins__gt=0, count__gt=0), name="purchase_moves_something"
            ),
            models.CheckConstraint(
                condition=models.Q(state="on_its_way", ended_at__isnull=True)
                | (models.Q(ended_at__isnull=False) & ~models.Q(state="on_its_way")),
                name="purchase_ends_once",
            ),
        )
        indexes = (models.Index(fields=("holder", "-made_at"), name="purchase_made"),)

    def __str__(self) -> str:
        return str(self.id)
