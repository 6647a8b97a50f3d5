"""The tree's leaves, signed heads and keys as Django sees them: read only, made by the files in `sql/`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
        verbose_name = _("封存签名")
        verbose_name_plural = _("封存签名")

    def __str__(self) -> str:
        return f"{self.size} {bytes(self.root).hex()}"


class SealKey(models.Model):
    """A public key, which signs heads from a size of the tree until the next key does.

    `signature` is its own, `previous_signature` that of the key before it, both over the same
    statement; the first key has neither, and a key that followed a lost one has only its own.
    """

    id = models.IntegerField(primary_key=True)
    public_key = models.BinaryField()
    from_size = models.BigIntegerField()
    from_at = models.DateTimeField()
    signature = models.BinaryField(null=True)
    previous_signature = models.BinaryField(null=True)

    class Meta:
        managed = False
        db_table = "ledger_seal_key"

    def __str__(self) -> str:
        return bytes(self.public_key).hex()
