"""Contacts: a friend's name and number, as one holder noted them."""

import uuid

from django.db import models

from wallet.holders.models import Holder


class Contact(models.Model):
    """A name and a number (MSISDN) that one holder keeps.

    It names a number and never a holder: whether the number has a wallet cannot be read from it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Holder, models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=64)
    msisdn = models.CharField(max_length=11)
    added_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("owner", "msisdn"), name="contact_number_once"),
        )
        indexes = (models.Index(fields=("owner", "-added_at"), name="contact_newest"),)

    def __str__(self) -> str:
        return self.name
