"""How a person is reached, what it wants to be told by which way, and what waits to be sent."""

import uuid

from django.db import models

from wallet.holders.models import Holder, User


class Channel(models.TextChoices):
    """A way out beside the inbox."""

    TEXT = "text"
    MAIL = "mail"


class Reach(models.Model):
    """How a person is reached: its language, its e-mail address once it was confirmed.

    `mail_asked` waits for the link sent to it.
    """

    holder = models.OneToOneField(Holder, models.PROTECT, primary_key=True, related_name="reach")
    language = models.CharField(max_length=8, blank=True)
    mail = models.EmailField(blank=True)
    mail_asked = models.EmailField(blank=True)
    mail_asked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.holder_id)


class NoticeChoice(models.Model):
    """Whether a person wants one kind of notice by one way; kind "" says no to the whole way."""

    holder = models.ForeignKey(Holder, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=4, choices=Channel)
    kind = models.CharField(max_length=32, blank=True)
    is_wanted = models.BooleanField()
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("holder", "channel", "kind"), name="notice_choice_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="") | models.Q(is_wanted=False),
                name="notice_choice_of_a_way_is_no",
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.kind}"


class Message(models.Model):
    """A notice on its way to one person: once per person, way, kind and subject, for ever.

    An owner without a wallet has no inbox: such a one is the `user`, the organisation the holder.

    Words are made when it is sent, in the person's language then. Its id is its name at the
    gateway at every try. Waiting: to be handed over; sending: somebody does, until the lease
    ends; unknown: the gateway may have it and is only asked; sent, failed, dropped: the end.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        UNKNOWN = "unknown"
        SENT = "sent"
        FAILED = "failed"
        DROPPED = "dropped"

    OPEN = (State.WAITING, State.SENDING, State.UNKNOWN)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="+")
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=4, choices=Channel)
    kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    facts = models.JSONField(default=dict)
    is_urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("holder", "channel", "kind", "subject_id", "user"),
                name="message_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(state="sending", lease_until__isnull=False)
                | (~models.Q(state="sending") & models.Q(lease_until__isnull=True)),
                name="message_leased_while_sending",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=("waiting", "sending", "unknown"), ended_at__isnull=True
                )
                | models.Q(state__in=("sent", "failed", "dropped"), ended_at__isnull=False),
                name="message_ended_once",
            ),
        )
        indexes = (
            models.Index(
                fields=("next_at", "id"),
                name="message_due",
                condition=models.Q(state__in=("waiting", "sending", "unknown")),
            ),
            models.Index(fields=("holder", "-made_at"), name="message_of_holder"),
            models.Index(
                fields=("ended_at",),
                name="message_ended",
                condition=models.Q(ended_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.kind}"
