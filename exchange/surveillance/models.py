"""How far each book's log was looked at, and what was found in it."""

from django.db import models

from exchange.orders.models import Book
from wallet.holders.models import Holder


class Watch(models.Model):
    """Up to which event and trade a book was looked at, and how many orders those placed."""

    book = models.OneToOneField(Book, models.PROTECT, primary_key=True, related_name="+")
    cursor = models.BigIntegerField(default=0)
    trades = models.BigIntegerField(default=0)
    orders = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.book_id} {self.cursor}"


class Alert(models.Model):
    """Something in a book's log that somebody of the staff should look at.

    `subject` names the holders (washed, arranged) or the group (layers, ramps) it is about. While
    an alert waits, what is found of the same subject joins it; `evidence` keeps the latest
    findings: numbers of events and trades, ids of orders, the figures why. Everything up to
    `through_number` is used up: an alert decided on is not raised again over the same events.
    """

    class Kind(models.TextChoices):
        WASH = "wash"
        ARRANGED = "arranged"
        LAYERING = "layering"
        RAMP = "ramp"

    class State(models.TextChoices):
        OPEN = "open"
        LOOKED_AT = "looked_at"
        DISMISSED = "dismissed"
        ACTED_ON = "acted_on"

    class Act(models.TextChoices):
        HALT = "halt"
        BUST = "bust"
        OTHER = "other"

    id = models.UUIDField(primary_key=True)
    book = models.ForeignKey(Book, models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=8, choices=Kind)
    subject = models.CharField(max_length=160)
    holders = models.ManyToManyField(Holder, related_name="+")
    findings = models.PositiveIntegerField(default=1)
    first_number = models.BigIntegerField()
    through_number = models.BigIntegerField()
    evidence = models.JSONField()
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    looked_by = models.CharField(max_length=64, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    act = models.CharField(max_length=5, choices=Act, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    # The proposal to undo its trades, which a second person decides.
    proposal = models.UUIDField(null=True, blank=True)

    class Meta:
        permissions = (("decide_alert", "Can decide alerts of the market"),)
        constraints = (
            models.UniqueConstraint(
                fields=("book", "kind", "subject"),
                condition=models.Q(state__in=("open", "looked_at")),
                name="alert_waiting_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=("open", "looked_at"), decided_at__isnull=True, reason=""
                )
                | models.Q(state__in=("dismissed", "acted_on"), decided_at__isnull=False)
                & ~models.Q(reason="")
                & ~models.Q(decided_by=""),
                name="alert_decided_with_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(state="acted_on") & ~models.Q(act="")
                | ~models.Q(state="acted_on") & models.Q(act=""),
                name="alert_acted_on_by_an_act",
            ),
        )
        indexes = (
            models.Index(fields=("-raised_at", "-id"), name="alert_newest"),
            models.Index(fields=("book", "through_number"), name="alert_of_book"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
