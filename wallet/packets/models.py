"""Red packets, their shares in the order they are opened, and the days their draws hang on."""

from django.db import models

from wallet.holders.models import Holder


class PacketDay(models.Model):
    """A day (Asia/Shanghai) whose seed's hash is published before, and the seed after it.

    The seed is derived from the server's link key and is stored only once it is public.
    """

    day = models.DateField(primary_key=True)
    seed_hash = models.BinaryField(max_length=32)
    published_at = models.DateTimeField()
    seed = models.BinaryField(max_length=32, null=True, blank=True)
    revealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(seed__isnull=True, revealed_at__isnull=True)
                | models.Q(seed__isnull=False, revealed_at__isnull=False),
                name="packet_day_revealed_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class Packet(models.Model):
    """Coins in `packet/<id>`, drawn into shares at once; its id is that of its first posting.

    `commitment` is shown from the beginning, `share_seed` once the packet is over. A sponsored
    one is paid from a sponsor's budget: its sender is the organisation.
    """

    class Kind(models.TextChoices):
        EQUAL = "equal"
        LUCKY = "lucky"

    class State(models.TextChoices):
        OPEN = "open"
        FINISHED = "finished"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True)
    sender = models.ForeignKey(Holder, models.PROTECT, related_name="packets_sent")
    is_sponsored = models.BooleanField(default=False)
    kind = models.CharField(max_length=8, choices=Kind)
    coins = models.BigIntegerField()
    share_count = models.PositiveIntegerField()
    greeting = models.CharField(max_length=100, blank=True)
    token_hash = models.BinaryField(max_length=32, unique=True)
    day = models.ForeignKey(PacketDay, models.PROTECT, db_column="day", related_name="packets")
    share_seed = models.BinaryField(max_length=32)
    commitment = models.BinaryField(max_length=32)
    largest_share = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    coins_returned = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(share_count__gt=0, coins__gte=models.F("share_count")),
                name="packet_a_coin_for_each_share",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", ended_at__isnull=True)
                | (~models.Q(state="open") & models.Q(ended_at__isnull=False)),
                name="packet_ended_once",
            ),
        )
        indexes = (
            models.Index(fields=("sender", "-made_at"), name="packet_sent"),
            models.Index(
                fields=("expires_at",), name="packet_open", condition=models.Q(state="open")
            ),
            models.Index(fields=("day",), name="packet_day_open", condition=models.Q(state="open")),
        )

    def __str__(self) -> str:
        return str(self.id)


class PacketShare(models.Model):
    """A part of a packet (coins), at its place in the order of opening.

    `began_after` counts the openings that were booked when this one began: two openings overlapped
    if neither began after the other was booked, and only those may pass each other.
    """

    packet = models.ForeignKey(Packet, models.PROTECT, related_name="shares", db_index=False)
    position = models.PositiveIntegerField()
    coins = models.BigIntegerField()
    claimer = models.ForeignKey(
        Holder,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="packet_shares",
        db_index=False,  # `packet_share_mine` begins with it
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    began_after = models.PositiveIntegerField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("packet", "position"), name="packet_share_position"),
            models.UniqueConstraint(fields=("packet", "claimer"), name="packet_share_one_each"),
            models.CheckConstraint(
                condition=models.Q(coins__gt=0), name="packet_share_at_least_a_coin"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    claimer__isnull=True, claimed_at__isnull=True, began_after__isnull=True
                )
                | models.Q(
                    claimer__isnull=False,
                    claimed_at__isnull=False,
                    began_after__isnull=False,
                    returned_at__isnull=True,
                ),
                name="packet_share_claimed_or_returned",
            ),
        )
        indexes = (
            models.Index(
                fields=("packet", "position"),
                name="packet_share_free",
                condition=models.Q(claimer__isnull=True, returned_at__isnull=True),
            ),
            models.Index(fields=("claimer", "-claimed_at"), name="packet_share_mine"),
        )

    def __str__(self) -> str:
        return f"{self.packet_id} {self.position}"


class PacketVisit(models.Model):
    """A browser that showed a sponsored packet, once; `code` says nothing of whose it is.

    `came_by` is the code of the visit whose forwarded link led here, or empty.
    """

    packet = models.ForeignKey(Packet, models.PROTECT, related_name="visits")
    code = models.CharField(max_length=16)
    came_by = models.CharField(max_length=16, blank=True)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("packet", "code"), name="packet_visit_once"),
        )

    def __str__(self) -> str:
        return f"{self.packet_id} {self.code}"
