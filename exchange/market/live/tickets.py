"""A ticket lets its holder watch some books: signed, so that the process asks no database."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core import signing

TICKET_SECONDS = 43_200  # twelve hours; a page loaded again has a new one
JSON_FORM = "json"
_SALT = "exchange.market.live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Who watches which books, and in what form: JSON, or a page's parts in a language."""

    books: tuple[UUID, ...]
    holder_id: UUID
    form: str


def live_address(ticket: Ticket) -> str:
    """Return where books' pictures come live, for whoever has the ticket."""
    books = [book.hex for book in ticket.books]
    text = signing.dumps([books, ticket.holder_id.hex, ticket.form], salt=_SALT)
    return f"{settings.LIVE_URL}/live/{text}"


def ticket_in(text: str) -> Ticket | None:
    """Return what a ticket says; None of one that nobody signed, or that is too old."""
    try:
        books, holder, form = signing.loads(text, salt=_SALT, max_age=TICKET_SECONDS)
    except signing.BadSignature:
        return None
    return Ticket(books=tuple(map(UUID, books)), holder_id=UUID(holder), form=form)
