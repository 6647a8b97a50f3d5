"""Signed links in e-mails: they say who and what, and nobody else can make them."""

from uuid import UUID

from django.core import signing

_CONFIRM, _UNSUBSCRIBE = "notify.confirm", "notify.unsubscribe"


def confirm_token(*, holder: UUID, mail: str) -> str:
    """Return what confirms an address of a person."""
    return signing.dumps([holder.hex, mail], salt=_CONFIRM)


def address_in(token: str) -> tuple[UUID, str]:
    """Return the person and the address that a token confirms.

    Raises:
        BadSignature: we did not make it.
    """
    holder, mail = signing.loads(token, salt=_CONFIRM)
    return UUID(holder), mail


def unsubscribe_token(*, holder: UUID, channel: str, kind: str) -> str:
    """Return what lets whoever has it turn off one kind by one way; it does not end."""
    return signing.dumps([holder.hex, channel, kind], salt=_UNSUBSCRIBE)


def unsubscription_in(token: str) -> tuple[UUID, str, str]:
    """Return the person, the way and the kind that a token turns off.

    Raises:
        BadSignature: we did not make it.
    """
    holder, channel, kind = signing.loads(token, salt=_UNSUBSCRIBE)
    return UUID(holder), channel, kind
