"""A ticket lets its holder watch some books: signed, so that the process asks no database."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core import signing

TICKET_SECONDS = 43_200  # twelve hours; a page loaded again has a new one
# What is somebody's own is told for ten minutes; then the web must see the session again.
OWN_SECONDS = 600
JSON_FORM = "json"
_SALT = "exchange.market.live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Who watches which books, and in what form: JSON, or a page's parts in a language.

    Until `own_until` (seconds of the epoch; 0 is never) the holder's own orders are told too.
    """

    books: tuple[UUID, ...]
    holder_id: UUID
    form: str
    own_until: int = 0


def live_address(ticket: Ticket) -> str:
    """Return where books' pictures come live, for whoever has the ticket."""
    books = [book.hex for book in ticket.books]
    fields = [books, ticket.holder_id.hex, ticket.form, ticket.own_until]
    return f"{settings.LIVE_URL}/live/{signing.dumps(fields, salt=_SALT)}"


def ticket_in(text: str) -> Ticket | None:
    """Return what a ticket says; None of one that nobody signed, or that is too old."""
    try:
        books, holder, form, own_until = signing.loads(text, salt=_SALT, max_age=TICKET_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    return Ticket(
        books=tuple(map(UUID, books)), holder_id=UUID(holder), form=form, own_until=own_until
    )
