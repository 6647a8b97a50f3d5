"""Ids as the outside sees them: a prefix that says what, and letters that say nothing."""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from ledger.refusals import Refusal
from ledger.rules import AMOUNT_MAX, SHANGHAI

COUNTRY = "+86"
GREETING_LENGTH_MAX = 100
_TOKEN_BYTES = 16
_LETTERS = 26  # 128 bits in base32 without padding


class UnknownId(Refusal):
    """The text is no id of such a thing."""

    code = "unknown_id"
    status = 404


class BadAmount(Refusal):
    """An amount is not a whole number from 1 to 2⁶³ − 1."""

    code = "bad_amount"
    status = 422


class BadGreeting(Refusal):
    """A greeting is at most 100 characters, in one line."""

    code = "bad_greeting"
    status = 422


def link_token(*, kind: str, thing_id: UUID, key: str) -> str:
    """Return the token (128 bits, 22 letters) of a thing's link: always the same for one thing."""
    digest = hmac.digest(key.encode(), kind.encode() + thing_id.bytes, "sha256")
    return base64.urlsafe_b64encode(digest[:_TOKEN_BYTES]).decode().rstrip("=")


def token_hash(token: str) -> bytes:
    """Return what is stored of a link's token."""
    return hashlib.sha256(token.encode()).digest()


def opaque_id(prefix: str, value: UUID) -> str:
    """Return an id as addresses and the API show it: `gft_` and 26 letters."""
    return f"{prefix}_{base64.b32encode(value.bytes).decode().rstrip('=').lower()}"


def uuid_in(prefix: str, text: str) -> UUID:
    """Return the id behind what `opaque_id` shows.

    Raises:
        UnknownId: the text is no id with this prefix, written as we write it.
    """
    head, _, letters = text.partition("_")
    if head == prefix and len(letters) == _LETTERS:
        try:
            found = UUID(bytes=base64.b32decode(letters.upper() + "=" * 6))
        except (binascii.Error, ValueError):
            found = None
        # One thing has one id: the unused last bits are zero and the letters are small.
        if found is not None and opaque_id(prefix, found) == text:
            return found
    raise UnknownId(f"This is not an id that begins with {prefix}_.")


def id_in(text: str) -> tuple[str, UUID] | None:
    """Return the prefix of what `opaque_id` shows, and the id behind it; None for other texts."""
    prefix = text.partition("_")[0]
    try:
        return prefix, uuid_in(prefix, text)
    except UnknownId:
        return None


def entry_name(entry: int) -> str:
    """Return the id of an entry as pages and the API show it: `ent_…`."""
    return opaque_id("ent", UUID(int=entry))


def entry_in(text: str) -> int:
    """Return the entry behind its shown id.

    Raises:
        UnknownId: the text is no entry's id.
    """
    entry = uuid_in("ent", text).int
    if not 0 < entry <= AMOUNT_MAX:
        raise UnknownId("No entry has this id.")
    return entry


def checked_amount(amount: object) -> int:
    """Return an amount (coins, MB or fen) that may be moved.

    Raises:
        BadAmount: it is not a whole number from 1 to 2⁶³ − 1.
    """
    if isinstance(amount, bool) or not isinstance(amount, int) or not 1 <= amount <= AMOUNT_MAX:
        raise BadAmount("An amount is a whole number from 1 to 9223372036854775807.")
    return amount


def read_greeting(text: str) -> str:
    """Return a greeting without the spaces around it.

    Raises:
        BadGreeting: it is more than one line, or longer than 100 characters.
    """
    greeting = text.strip()
    if len(greeting) > GREETING_LENGTH_MAX or not greeting.isprintable():
        raise BadGreeting("A greeting is one line of at most 100 characters.")
    return greeting


def day_of(now: datetime) -> tuple[datetime, datetime]:
    """Return the first instant of the Asia/Shanghai day and of the next."""
    start = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + timedelta(days=1)
