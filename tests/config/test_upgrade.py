"""A database of an earlier release, with rows in it, becomes what this code needs.

All migrations are run, those before with rows put where they were then, by `make upgrade` only: it
takes a quarter of a minute. What one of them does to rows is also tested beside its own code.
"""

import os
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from exchange.matching.operations import drain_book, verify_book
from exchange.orders.models import Book, Event, Order, Turn, Waiting
from ledger.months.models import Close
from ledger.operations import open_months
from ledger.proofs.queries import findings
from ledger.queries import coins_in
from tests import servers
from tests.databases import fresh_name, use_database
from tests.given import MONTH, NOW, a_gift, a_holder
from wallet.invoices.models import InvoiceLine

#: The release before turns of their own, and its first invoices, which named no transaction.
BEFORE = [
    ("exchange", "0013_turns_found"),
    ("ledger", "0022_open_accounts_by_shape"),
    ("wallet", "0031_invoices_told"),
]
ORDERED = uuid.UUID(int=1 << 127)
POST = "SELECT public.ledger_post_v2(%s, %s, %s, %s, 'test', '{}', NULL, %s, %s, %s)"


@pytest.fixture
def before(own_database: str) -> Iterator[Any]:
    """Yield the models of a database that only knows the release before, as its owner."""
    name = fresh_name()
    servers.run_as_owner("CREATE DATABASE {}", name)
    servers.run_as_owner("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC", name)
    connections.close_all()
    use_database(name=name)
    try:
        yield MigrationExecutor(connections["owner"]).migrate(BEFORE).apps
    finally:
        connections.close_all()
        use_database(name=own_database)
        servers.drop_database(name=name)


@pytest.mark.own_database
@pytest.mark.skipif(os.environ.get("UPGRADE") != "on", reason="`make upgrade` runs it")
def test_a_database_of_the_release_before_goes_on_with_all_it_held(before: Any) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT public.ledger_open_month_v1(%s)", [MONTH])
    _a_close_that_had_begun(before)
    book, orders = _a_log(before)
    lines = _an_invoice(before)
    connections.close_all()
    call_command("migrate", verbosity=0, interactive=False)
    close = Close.objects.get()
    assert (close.stopped_at, close.stopped_why) == (None, "")
    assert dict(Order.objects.values_list("state", "rests")) == {"open": True, "filled": False}
    assert {*Order.objects.values_list("pk", flat=True)} == {*orders}
    _the_log_goes_on(book)
    (line,) = InvoiceLine.objects.filter(pk__in=lines)
    assert line.transaction == ORDERED
    # The functions of this release, over accounts that those of the one before opened.
    open_months(now=NOW)
    sender = a_holder(coins=100)
    assert a_gift(sender=sender, coins=30).amount == 30
    assert coins_in(f"holder/{sender.pk}/main") == 70
    # Rows that were put there without what is posted for them.
    unproved = {"invoices_booked", "invoices_resolve", "orders_hold_what_they_say", "sponsors"}
    assert {found.name for found in findings() if not found.is_clean} == unproved


def _a_close_that_had_begun(before: Any) -> None:
    ended = date(2026, 10, 1)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT public.ledger_open_month_v1(%s)", [ended])
    close = before.get_model("ledger", "Close")
    close.objects.using("owner").create(month_id=ended, inputs={}, begun_at=NOW)


def _a_log(before: Any) -> tuple[uuid.UUID, list[uuid.UUID]]:
    """Put a book with two halts and a resumption, the last of them waiting; two orders in another."""
    book = _a_book(before, "CT")
    events = before.get_model("exchange", "Event").objects.using("owner")
    phases = ("halt", "continuous", "halt")
    for place, phase in enumerate(phases, start=1):
        is_waiting = place == len(phases)
        events.create(
            book=book,
            kind="phase",
            client_id=uuid.uuid4(),
            body={"phase": phase},
            accepted_at=NOW,
            number=None if is_waiting else place,
            outcome="" if is_waiting else phase,
        )
    other, owner = _a_book(before, "CU"), _a_holder(before)
    made = before.get_model("exchange", "Order").objects.using("owner")
    orders = [
        made.create(
            id=uuid.uuid4(),
            book=other,
            holder=owner,
            group=owner.pk,
            side="B",
            price_coins=10,
            lots=1,
            open_lots=1 - filled,
            filled_lots=filled,
            maker_bp=0,
            taker_bp=0,
            state="filled" if filled else "open",
            placed_at=NOW,
            ended_at=NOW if filled else None,
        ).pk
        for filled in (0, 1)
    ]
    return book.pk, orders


def _a_book(before: Any, carrier: str) -> Any:
    return (
        before.get_model("exchange", "Book")
        .objects.using("owner")
        .create(
            carrier_id=carrier,
            month=MONTH,
            phase="continuous",
            lot_mb=100,
            price_min=5,
            price_max=100,
            maker_bp=50,
            taker_bp=100,
            cursor=2 if carrier == "CT" else 0,
            opened_at=NOW,
            opens_at=NOW.replace(day=1, hour=9),
            closing_call_at=NOW.replace(day=30, hour=18),
            uncross_at=NOW.replace(day=30, hour=20),
        )
    )


def _a_holder(before: Any, **facts: Any) -> Any:
    facts = {"kind": "organisation", "name": "乐视", "opened_at": NOW, **facts}
    return before.get_model("wallet", "Holder").objects.using("owner").create(**facts)


def _an_invoice(before: Any) -> list[uuid.UUID]:
    """Put an order's posting, and the line of its invoice as the first ones were."""
    holder = _a_holder(before)
    owed, earned = f"sponsor/{holder.pk}/receivable", "issuer/CT/revenue"
    with connections["owner"].cursor() as cursor:
        legs: list[list[Any]] = [[owed, earned], ["CNY", "CNY"], [4_001, -4_001]]
        cursor.execute(POST, [ORDERED, "purchase_order", MONTH, NOW, *legs])
        cursor.execute(
            "SELECT e.id FROM public.ledger_entry e WHERE e.transaction_id = %s AND e.amount > 0",
            [ORDERED],
        )
        (entry,) = cursor.fetchone()
        cursor.execute("ALTER TABLE public.wallet_invoiceline DROP COLUMN transaction")
        cursor.execute(
            "INSERT INTO public.wallet_invoice (id, month, side, made_at, opening_fen,"
            " ordered_fen, corrected_fen, paid_fen, due_fen, coins, fen_per_1000, holder_id)"
            " VALUES (%s, %s, 'sponsor', %s, 0, 4001, 0, 4001, 0, 0, 0, %s) RETURNING id",
            [uuid.uuid4(), MONTH, NOW, holder.pk],
        )
        (invoice,) = cursor.fetchone()
        line = uuid.uuid4()
        cursor.execute(
            "INSERT INTO public.wallet_invoiceline (id, month, address, asset, kind, at, amount,"
            " coins, transactions, first_entry, last_entry, invoice_id)"
            " VALUES (%s, %s, %s, 'CNY', 'purchase_order', %s, 4001, 1000, 1, %s, %s, %s)",
            [line, MONTH, owed, NOW, entry, entry, invoice],
        )
    return [line]


def _the_log_goes_on(book: uuid.UUID) -> None:
    first, second, waits = Event.objects.filter(book=book).order_by("id")
    turns = Turn.objects.order_by("number").values_list("event", "number", "outcome")
    assert list(turns) == [(first.pk, 1, "halt"), (second.pk, 2, "continuous")]
    assert list(Waiting.objects.values_list("event", flat=True)) == [waits.pk]
    drain_book(book_id=book, now=NOW)
    assert Turn.objects.get(pk=waits.pk).number == 3
    assert not Waiting.objects.exists()
    assert Book.objects.get(pk=book).phase == Book.Phase.HALT
    assert verify_book(book).shown == []
