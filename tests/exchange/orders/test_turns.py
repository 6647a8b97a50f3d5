"""The log is only added to: who waits in it and who had a turn is held by the database itself."""

from collections.abc import Iterator
from importlib import import_module

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, transaction
from psycopg import errors

from exchange.matching.operations import drain_book
from exchange.orders.models import Book, Event, Turn, Waiting
from exchange.orders.proofs import PROOFS
from ledger.proofs.queries import finding_of
from tests import servers
from tests.given import NOW, a_book, a_trader, an_order

pytestmark = pytest.mark.own_database
(PROOF,) = (one for one in PROOFS if one.name == "events_wait_or_had_their_turn")
PUT = "INSERT INTO public.exchange_turn (event_id, book_id, number, outcome) VALUES (%s, %s, %s, 'open')"


@pytest.fixture
def owner(own_database: str) -> Iterator[psycopg.Connection]:
    """Yield the owner's connection, which no privilege holds back."""
    with psycopg.connect(servers.server_url(database=own_database), autocommit=True) as connection:
        yield connection


@pytest.fixture
def book(owner: psycopg.Connection) -> Book:
    """Return a book whose first event had its turn, and whose second waits."""
    assert not owner.closed
    book, buyer = a_book(), a_trader(coins=1_000)
    an_order(buyer, book, "B", 10, 1)
    drain_book(book_id=book.pk, now=NOW)
    an_order(buyer, book, "B", 11, 1)
    return book


def test_an_event_waits_until_it_has_its_turn(book: Book) -> None:
    had, waits = Event.objects.order_by("id")
    assert (had.turn.number, had.turn.outcome, had.turn.book) == (1, "open", book)
    assert list(Waiting.objects.values_list("book", "event")) == [(book.pk, waits.pk)]
    drain_book(book_id=book.pk, now=NOW)
    assert Turn.objects.get(pk=waits.pk).number == 2
    assert not Waiting.objects.exists()


def test_no_turn_is_taken_that_nobody_waits_for(book: Book, owner: psycopg.Connection) -> None:
    had, waits = Event.objects.order_by("id")
    other = a_book("CU")
    for event, place in ((waits.pk + 9, book.pk), (waits.pk, other.pk)):
        with pytest.raises(errors.ForeignKeyViolation):
            owner.execute(PUT, [event, place, 2])
    for event, number in ((had.pk, 2), (waits.pk, 1)):  # a second turn, a number given before
        with pytest.raises(errors.UniqueViolation):
            owner.execute(PUT, [event, book.pk, number])
    assert Waiting.objects.count() == 1
    owner.execute(PUT, [waits.pk, book.pk, 2])
    assert not Waiting.objects.exists()


def test_a_turn_is_taken_by_its_key_whatever_statistics_say(
    book: Book, owner: psycopg.Connection
) -> None:
    drain_book(book_id=book.pk, now=NOW)
    owner.execute("ANALYZE public.exchange_waiting")  # as it is most of the time: empty
    owner.execute(
        "INSERT INTO public.exchange_event (book_id, kind, client_id, body, accepted_at)"
        " SELECT %s, 'uncross', gen_random_uuid(), '{}', %s FROM generate_series(1, 60)",
        [book.pk, NOW],
    )
    waits = Waiting.objects.values_list("event", flat=True).order_by("event")[30]
    read = "SELECT pg_stat_get_xact_tuples_returned('public.exchange_waiting_pkey'::regclass)"
    with owner.transaction():
        owner.execute(PUT, [waits, book.pk, 3])
        assert owner.execute(read).fetchone() == (1,)


def test_even_the_owner_changes_no_event_and_no_turn(book: Book, owner: psycopg.Connection) -> None:
    for statement in (
        "UPDATE public.exchange_event SET kind = 'cancel'",
        "DELETE FROM public.exchange_event",
        "TRUNCATE public.exchange_event CASCADE",
        "UPDATE public.exchange_turn SET outcome = 'filled'",
        "DELETE FROM public.exchange_turn",
        "TRUNCATE public.exchange_turn",
    ):
        with pytest.raises(psycopg.Error, match="append-only"):
            owner.execute(statement)
    assert (Event.objects.count(), Turn.objects.count()) == (2, 1)
    assert Waiting.objects.filter(book=book).count() == 1


def test_the_application_decides_not_who_waits(book: Book) -> None:
    waits = Waiting.objects.get()
    for change in (
        lambda: Waiting.objects.all().delete(),
        lambda: Waiting.objects.create(book=book, event_id=waits.event_id + 9),
        lambda: Turn.objects.update(number=7),
        lambda: Event.objects.update(client_id=book.pk),
    ):
        with transaction.atomic(), pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Waiting.objects.get() == waits


def test_an_event_that_is_nowhere_is_found(book: Book, owner: psycopg.Connection) -> None:
    assert (finding_of(PROOF).examined, finding_of(PROOF).first_broken) == (2, "")
    waits = Waiting.objects.get().event
    owner.execute("DELETE FROM public.exchange_waiting")
    assert finding_of(PROOF).broken == 1
    owner.execute(
        "INSERT INTO public.exchange_waiting (book_id, event_id)"
        " SELECT book_id, id FROM public.exchange_event"
    )
    assert finding_of(PROOF).broken == 1
    assert str(waits.pk) not in finding_of(PROOF).first_broken
    with pytest.raises(IntegrityError):
        drain_book(book_id=book.pk, now=NOW)


def test_a_log_of_before_is_taken_over(book: Book, owner: psycopg.Connection) -> None:
    turns, waiting = list(Turn.objects.values_list()), list(Waiting.objects.values_list())
    owner.execute(
        "ALTER TABLE public.exchange_event ADD number bigint, ADD outcome varchar(24) DEFAULT '';"
        "ALTER TABLE public.exchange_event DISABLE TRIGGER append_only;"
        "UPDATE public.exchange_event e SET number = t.number, outcome = t.outcome"
        " FROM public.exchange_turn t WHERE t.event_id = e.id;"
        "ALTER TABLE public.exchange_turn DISABLE TRIGGER USER;"
        "DELETE FROM public.exchange_turn; DELETE FROM public.exchange_waiting;"
    )
    owner.execute(import_module("exchange.migrations.0014_turns_of_their_own").CONVERT)
    assert list(Turn.objects.values_list()) == turns
    assert list(Waiting.objects.values_list()) == waiting
    assert (len(turns), len(waiting)) == (1, 1)
