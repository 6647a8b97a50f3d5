"""People who sign in, holders of coins, their phone numbers and their inbox."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class UserManager(BaseUserManager["User"]):
    """Makes users from phone numbers."""

    def create_user(self, phone: str, password: str | None = None, **fields: object) -> "User":
        """Create a person who signs in with this phone number."""
        user = self.model(phone=phone, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, phone: str, password: str | None = None, **fields: object) -> "User":
        """Create an administrator."""
        return self.create_user(phone, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, by a code sent to a phone number (E.164, +8613800138000)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    phone = models.CharField(max_length=20, unique=True)
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "phone"

    def __str__(self) -> str:
        return self.phone


class Holder(models.Model):
    """A person or an organisation that holds coins; accounts are keyed to it, never to a number."""

    class Kind(models.TextChoices):
        PERSON = "person"
        ORGANISATION = "organisation"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    name = models.CharField(max_length=64, blank=True)
    user = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="holder")
    tier = models.PositiveSmallIntegerField(default=0)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    # Read with the row where it is locked; no column of it.
    is_winding_down = False

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind="person", user__isnull=False)
                | models.Q(kind="organisation", user__isnull=True),
                name="holder_person_has_a_user",
            ),
            models.CheckConstraint(condition=models.Q(tier__lte=2), name="holder_tier_known"),
        )

    def __str__(self) -> str:
        return self.name or str(self.id)


class Member(models.Model):
    """A person's role in an organisation."""

    class Role(models.TextChoices):
        OWNER = "owner"
        MANAGER = "manager"
        VIEWER = "viewer"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Holder, models.PROTECT, related_name="members")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation", "user"), name="member_once"),
        )

    def __str__(self) -> str:
        return f"{self.organisation} {self.role}"


class Number(models.Model):
    """A phone number (MSISDN, 11 digits) under one holder; its carrier may change (携号转网).

    Once released (`released_at`) the row stays with its history and is nobody's; whoever holds
    the number next has a row of its own, so that nothing of the former holder comes along. Until
    `free_at` only the former holder may have it back. `recycled_at` is since when somebody else
    may have the SIM card than before; while `doubted_at` stands, the holder proves who it is
    before it spends much.
    """

    class Quality(models.TextChoices):
        """How the carrier is known: by the number's prefix, from a carrier, or from the user."""

        PREFIX = "prefix"
        CARRIER = "carrier"
        USER = "user"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    msisdn = models.CharField(max_length=11, db_index=True)
    holder = models.ForeignKey(
        Holder, models.PROTECT, null=True, blank=True, related_name="numbers"
    )
    former = models.ForeignKey(
        Holder, models.PROTECT, null=True, blank=True, related_name="former_numbers"
    )
    carrier = models.ForeignKey("wallet.Carrier", models.PROTECT, related_name="numbers")
    province = models.CharField(max_length=16, blank=True)
    quality = models.CharField(max_length=8, choices=Quality)
    added_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    free_at = models.DateTimeField(null=True, blank=True)
    recycled_at = models.DateTimeField(null=True, blank=True)
    doubted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("msisdn",),
                condition=models.Q(holder__isnull=False),
                name="number_held_once",
            ),
            models.CheckConstraint(
                condition=models.Q(holder__isnull=True)
                | models.Q(former__isnull=True, released_at__isnull=True, free_at__isnull=True),
                name="number_held_or_released",
            ),
        )

    def __str__(self) -> str:
        return f"{self.msisdn[:3]}****{self.msisdn[-4:]}"


class NumberEvent(models.Model):
    """A line of a number's history; the table is append-only. `by` is the actor."""

    class Kind(models.TextChoices):
        ADDED = "added"
        PORTED = "ported"
        LOGIN = "login"
        DOUBTED = "doubted"
        PROVED = "proved"
        RELEASED = "released"
        RECYCLED = "recycled"

    id = models.BigAutoField(primary_key=True)
    number = models.ForeignKey(Number, models.PROTECT, related_name="events")
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=("holder", "-id"), name="number_event_of_holder"),)

    def __str__(self) -> str:
        return f"{self.number_id} {self.kind}"


class HolderEvent(models.Model):
    """A line of what was decided about a holder, and why; the table is append-only."""

    class Kind(models.TextChoices):
        FROZEN = "frozen"
        THAWED = "thawed"
        TIER = "tier"
        CLOSED = "closed"

    id = models.BigAutoField(primary_key=True)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=8, choices=Kind)
    reason = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=("holder", "-id"), name="holder_event_of_holder"),)

    def __str__(self) -> str:
        return f"{self.holder_id} {self.kind}"


class TextMessage(models.Model):
    """A text sent to a phone; kept only where the demo's inbox shows it."""

    id = models.BigAutoField(primary_key=True)
    phone = models.CharField(max_length=20, db_index=True)
    body = models.TextField()
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.phone} {self.sent_at:%F %T}"


class Notice(models.Model):
    """A line in a holder's inbox: a stable kind and its facts; the sentence is the page's."""

    id = models.BigAutoField(primary_key=True)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=32)
    facts = models.JSONField(default=dict)
    subject_id = models.UUIDField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    # When it was looked at for whoever wants it by a text or an e-mail beside.
    passed_on_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("holder", "kind", "subject_id"), name="notice_once"),
        )
        indexes = (
            models.Index(fields=("holder", "-at"), name="notice_inbox"),
            models.Index(
                fields=("id",),
                name="notice_fresh",
                condition=models.Q(passed_on_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return self.kind


class ApiRequest(models.Model):
    """What a request with an Idempotency-Key asked and what it was answered."""

    id = models.BigAutoField(primary_key=True)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=255)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("holder", "key"), name="api_request_key_once"),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
