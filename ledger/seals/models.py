"""The tree's leaves and signed heads as Django sees them: read only, made by `sql/seals_v1.sql`."""

from django.db import models


class Leaf(models.Model):
    """Where in the tree a transaction stands, counted from 0."""

    position = models.BigIntegerField(primary_key=True)
    transaction_id = models.UUIDField()

    class Meta:
        managed = False
        db_table = "ledger_seal_leaf"

    def __str__(self) -> str:
        return f"{self.position} {self.transaction_id}"


class Head(models.Model):
    """The tree's root at a size, signed; one with a month holds all of its transactions."""

    id = models.BigIntegerField(primary_key=True)
    size = models.BigIntegerField()
    root = models.BinaryField()
    month = models.DateField(null=True)
    at = models.DateTimeField()
    public_key = models.BinaryField()
    signature = models.BinaryField()

    class Meta:
        managed = False
        db_table = "ledger_seal_head"

    def __str__(self) -> str:
        return f"{self.size} {bytes(self.root).hex()}"
