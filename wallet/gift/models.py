"""Gifts: coins or data set aside under a link until one friend claims them."""

from django.db import models

from wallet.holders.models import Holder, Number


class Gift(models.Model):
    """An amount of one asset in `gift/<id>`; its id is that of its first posting.

    `from_line` says that own data (SURPLUS) was given: it comes back to that number's line.
    `locked_to` is the only number that may claim it, or `for_holder` the only holder, where the
    sender knows a friend by an earlier gift and not by number. `in_return_for` is the gift this one
    gives back for (回赠). `held_for` is the number that has asked for its code and may claim it
    before others until `held_until`.
    """

    class State(models.TextChoices):
        OPEN = "open"
        CLAIMED = "claimed"
        CANCELLED = "cancelled"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True)
    sender = models.ForeignKey(Holder, models.PROTECT, related_name="gifts_sent")
    asset = models.CharField(max_length=48)
    amount = models.BigIntegerField()
    from_line = models.ForeignKey(Number, models.PROTECT, null=True, blank=True, related_name="+")
    package = models.CharField(max_length=32, blank=True)
    greeting = models.CharField(max_length=100, blank=True)
    token_hash = models.BinaryField(max_length=32, unique=True)
    locked_to = models.CharField(max_length=11, blank=True)
    for_holder = models.ForeignKey(
        Holder, models.PROTECT, null=True, blank=True, related_name="gifts_waiting"
    )
    in_return_for = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="returns"
    )
    held_for = models.CharField(max_length=11, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    claimer = models.ForeignKey(
        Holder, models.PROTECT, null=True, blank=True, related_name="gifts_claimed"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    thanked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="gift_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(state="claimed", claimer__isnull=False)
                | (~models.Q(state="claimed") & models.Q(claimer__isnull=True)),
                name="gift_claimed_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(locked_to="") | models.Q(for_holder__isnull=True),
                name="gift_for_a_number_or_a_holder",
            ),
        )
        indexes = (
            models.Index(fields=("sender", "-made_at"), name="gift_sent"),
            models.Index(
                fields=("expires_at",), name="gift_open", condition=models.Q(state="open")
            ),
            models.Index(
                fields=("locked_to",),
                name="gift_waiting",
                condition=models.Q(state="open") & ~models.Q(locked_to=""),
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
