"""Checks of real names; of an identity only a keyed hash and the year of birth are kept."""

from django.db import models

from wallet.holders.models import Holder


class IdentityCheck(models.Model):
    """A holder's wish to be known by its real name (tier 1), or by its face or bank (tier 2).

    `identity` is a keyed hash of the identity number: two wallets of one person can be told, the
    person cannot.
    """

    class Method(models.TextChoices):
        REAL_NAME = "real_name"
        FACE = "face"
        BANK = "bank"

    class State(models.TextChoices):
        ASKED = "asked"
        PASSED = "passed"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="identity_checks")
    method = models.CharField(max_length=9, choices=Method)
    tier = models.PositiveSmallIntegerField()
    identity = models.BinaryField(max_length=32)
    birth_year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=7, choices=State, default=State.ASKED)
    reason = models.CharField(max_length=32, blank=True)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state="asked", decided_at__isnull=True)
                | (~models.Q(state="asked") & models.Q(decided_at__isnull=False)),
                name="identity_check_decided_once",
            ),
        )
        indexes = (
            models.Index(fields=("holder", "-asked_at"), name="identity_check_asked"),
            models.Index(
                fields=("identity",), name="identity_of", condition=models.Q(state="passed")
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
