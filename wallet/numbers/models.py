"""Codes that prove a number, and logins that two of the staff gave back."""

from django.db import models

from wallet.holders.models import Holder, User


class NumberCode(models.Model):
    """A code (6 digits, derived from the id) sent to a number that a holder says is its own."""

    id = models.UUIDField(primary_key=True)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="number_codes")
    msisdn = models.CharField(max_length=11)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("holder", "-asked_at"), name="number_code_asked"),)

    def __str__(self) -> str:
        return str(self.id)


class LoginChange(models.Model):
    """A new login number for a person who lost every number: one colleague proposes, another decides.

    What was proposed and what was decided stay as they are: the table refuses anything else.
    """

    class Outcome(models.TextChoices):
        APPROVED = "approved"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="login_changes")
    code = models.OneToOneField(NumberCode, models.PROTECT, related_name="login_change")
    checked = models.CharField(max_length=200)
    reason = models.CharField(max_length=200)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # When the code came back from the new number.
    proved_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = (("decide_loginchange", "Can decide about a colleague's login change"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(outcome="", decided_by__isnull=True, decided_at__isnull=True)
                | models.Q(
                    outcome="withdrawn",
                    decided_by=models.F("proposed_by"),
                    decided_at__isnull=False,
                )
                | (
                    models.Q(
                        outcome__in=("approved", "declined"),
                        decided_by__isnull=False,
                        decided_at__isnull=False,
                    )
                    & ~models.Q(decided_by=models.F("proposed_by"))
                ),
                name="login_change_takes_two",
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome="approved") | models.Q(proved_at__isnull=False),
                name="login_change_proved_before",
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
