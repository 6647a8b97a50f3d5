"""The log of accepted events, what of it waits, and what had its turn."""

from django.db import models

from exchange.orders.models.orders import Book, Order
from wallet.holders.models import Holder


class Event(models.Model):
    """An accepted event of a book's log: it is never changed, and waits until it has its turn."""

    class Kind(models.TextChoices):
        PLACE = "place"
        CANCEL = "cancel"
        CANCEL_ALL = "cancel_all"
        REPLACE = "replace"
        BUST = "bust"
        PHASE = "phase"
        UNCROSS = "uncross"

    id = models.BigAutoField(primary_key=True)
    # No constraint in the database: its check would lock the book's row at every acceptance.
    book = models.ForeignKey(
        Book, models.PROTECT, related_name="events", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=12, choices=Kind)
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="events", db_index=False
    )
    holder = models.ForeignKey(
        Holder, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    client_id = models.UUIDField()
    body = models.JSONField(default=dict)
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("holder", "client_id"), name="event_client_id_once", nulls_distinct=False
            ),
        )
        indexes = (
            models.Index(
                fields=("order",),
                name="event_replacing",
                condition=models.Q(kind="replace"),
            ),
            # Of the book as a whole: a last call cancels as many orders as have no number.
            models.Index(
                fields=("book", "-id"),
                name="event_of_operators",
                condition=models.Q(holder__isnull=True, order__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Waiting(models.Model):
    """An event whose turn has not come: the database puts it here and takes it away again."""

    pk = models.CompositePrimaryKey("book_id", "event_id")
    # No constraints in the database, here and below: its triggers make these rows of those.
    book = models.ForeignKey(
        Book, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    event = models.ForeignKey(
        Event, models.PROTECT, related_name="waiting", db_constraint=False, db_index=False
    )

    def __str__(self) -> str:
        return str(self.event_id)


class Turn(models.Model):
    """An event's turn: the writer gives it its number, and that is the order; and its outcome.

    The database refuses the turn of an event that does not wait in this book.
    """

    event = models.OneToOneField(
        Event, models.PROTECT, primary_key=True, related_name="turn", db_constraint=False
    )
    book = models.ForeignKey(
        Book, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    number = models.BigIntegerField()
    outcome = models.CharField(max_length=24)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("book", "number"), name="turn_number_once"),)

    def __str__(self) -> str:
        return f"{self.number} {self.outcome}"
