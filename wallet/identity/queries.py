"""Reads about who holders are."""

from django.db.models import QuerySet

from wallet.holders.models import Holder
from wallet.identity.models import IdentityCheck


def identity_of(holder: Holder) -> bytes | None:
    """Return the hash of the identity that a holder is known by, if it is."""
    passed = IdentityCheck.objects.filter(holder=holder, state=IdentityCheck.State.PASSED)
    found = passed.order_by("decided_at", "id").values_list("identity", flat=True).first()
    return None if found is None else bytes(found)


def wallets_with(identity: bytes) -> QuerySet[Holder]:
    """Return the wallets, not closed, that are known to be one person's."""
    passed = IdentityCheck.objects.filter(identity=identity, state=IdentityCheck.State.PASSED)
    return Holder.objects.filter(closed_at=None, pk__in=passed.values("holder"))


def checks_of(holder: Holder) -> QuerySet[IdentityCheck]:
    """Return a holder's checks, the newest first."""
    return IdentityCheck.objects.filter(holder=holder).order_by("-asked_at", "-id")
