"""Who speaks for a carrier, what it said of breaks, and the usage files it handed in."""

from django.db import models

from wallet.carriers.models import Break, Carrier
from wallet.holders.models import Holder, User


class CarrierOffice(models.Model):
    """The organisation whose members speak for a carrier."""

    carrier = models.OneToOneField(Carrier, models.PROTECT, primary_key=True, related_name="office")
    organisation = models.OneToOneField(Holder, models.PROTECT, related_name="carrier_office")
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.carrier_id}"


class BreakAnswer(models.Model):
    """What a carrier says of a difference between it and us; our staff decides."""

    id = models.UUIDField(primary_key=True)
    found = models.ForeignKey(Break, models.PROTECT, related_name="answers")
    text = models.TextField()
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:40]


class UsageUpload(models.Model):
    """A usage file that a carrier handed in, what became of its lines, and what was wrong."""

    id = models.UUIDField(primary_key=True)
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="uploads")
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    lines = models.PositiveIntegerField()
    bad_lines = models.PositiveIntegerField()
    loaded = models.PositiveIntegerField()
    breaks = models.PositiveIntegerField()
    # The first of them: [number of the line, what is wrong with it].
    errors = models.JSONField(default=list)

    class Meta:
        indexes = (models.Index(fields=("carrier", "-uploaded_at"), name="usage_upload_made"),)

    def __str__(self) -> str:
        return self.name

    @property
    def unchanged(self) -> int:
        """Return how many good lines said nothing later than what was known."""
        return self.lines - self.bad_lines - self.loaded - self.breaks
