"""Invitations into organisations."""

from django.db import models

from wallet.holders.models import Holder, Member, User


class Invitation(models.Model):
    """A role in an organisation offered to whoever signs in with a number (MSISDN, 11 digits)."""

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True)
    organisation = models.ForeignKey(Holder, models.PROTECT, related_name="invitations")
    msisdn = models.CharField(max_length=11)
    role = models.CharField(max_length=16, choices=Member.Role)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "msisdn"),
                condition=models.Q(state="open"),
                name="invitation_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", answered_at__isnull=True)
                | (~models.Q(state="open") & models.Q(answered_at__isnull=False)),
                name="invitation_answered_once",
            ),
        )
        indexes = (
            models.Index(
                fields=("msisdn",), name="invitation_waiting", condition=models.Q(state="open")
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class MemberEvent(models.Model):
    """A line of who was given or lost a role; the table is append-only. `by` is the actor."""

    class Kind(models.TextChoices):
        JOINED = "joined"
        CHANGED = "changed"
        LEFT = "left"

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Holder, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind)
    role = models.CharField(max_length=16, choices=Member.Role)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("organisation", "-id"), name="member_event_newest"),)

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.kind}"
