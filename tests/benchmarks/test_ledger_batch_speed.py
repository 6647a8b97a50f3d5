"""Batches of 10,000 two-leg transactions, beside the raw limit.

That is the same rows by COPY into the same indexed tables, and one UPDATE of the touched balances.
"""

import random
import time
from collections.abc import Callable
from datetime import datetime

import psycopg
from django.db import connection

from ledger.operations import post_batch
from ledger.rules import Posting, month_of
from tests import servers
from tests.benchmarks.books import (
    ACCOUNTS,
    a_big_ledger,
    a_transfer,
    address_of,
    interleaved,
    told,
)
from tests.ledger.worlds import coins

SIZE = 10_000
# The arguments of the batch function, on the server before the clock starts.
STAGED = """
CREATE TABLE staged AS
SELECT array_agg(gen_random_uuid()) AS ids, array_agg('gift_send'::text) AS kinds,
       array_agg('{"gift": "x"}'::jsonb) AS metadata, array_agg(NULL::uuid) AS reverses,
       (SELECT array_agg((i + 1) / 2 ORDER BY i) FROM generate_series(1, 2 * %(size)s) i) AS ordinals,
       %(addresses)s::text[] AS addresses,
       array_fill('COIN'::text, ARRAY[2 * %(size)s]) AS assets,
       (SELECT array_agg(CASE WHEN i %% 2 = 1 THEN -1 ELSE 1 END::bigint ORDER BY i)
        FROM generate_series(1, 2 * %(size)s) i) AS amounts
FROM generate_series(1, %(size)s)
"""
POST_STAGED = """
SELECT cardinality(public.ledger_post_batch_v2(%s, %s, 'bench', s.ids, s.kinds, s.metadata,
    s.reverses, s.ordinals, s.addresses, s.assets, s.amounts)) FROM staged s
"""
TRANSACTIONS = """
SELECT u.id, u.kind, %s::date, %s::timestamptz, 'bench', u.metadata, sha256(uuid_send(u.id)), 1
FROM staged s, unnest(s.ids, s.kinds, s.metadata) AS u (id, kind, metadata)
"""
ENTRIES = """
SELECT %s::date, public.ledger_account_id_v2(u.address, u.asset), s.ids[u.ordinal], u.amount,
       1::bigint, 1::bigint
FROM staged s, unnest(s.ordinals, s.addresses, s.assets, s.amounts)
    AS u (ordinal, address, asset, amount)
"""
MOVED = """
CREATE TABLE moved AS
SELECT public.ledger_account_id_v2(u.address, u.asset) AS account_id, sum(u.amount)::bigint AS amount,
       count(*) AS legs
FROM staged s, unnest(s.addresses, s.assets, s.amounts) AS u (address, asset, amount) GROUP BY 1
"""
INTO_TRANSACTIONS = (
    "COPY ledger_transaction (id, kind, month, at, actor, metadata, legs_hash, epoch)"
    " FROM STDIN (FORMAT binary)"
)
INTO_ENTRIES = (
    "COPY ledger_entry (month, account_id, transaction_id, amount, version, balance_after)"
    " FROM STDIN (FORMAT binary)"
)
UPDATE = (
    "UPDATE ledger_balance_row b SET balance = b.balance + m.amount, version = b.version + m.legs"
    " FROM moved m WHERE m.account_id = b.account_id"
)


def _pairs() -> list[tuple[str, str]]:
    places = (random.sample(range(1, ACCOUNTS + 1), 2) for _ in range(SIZE))
    return [(address_of(giver), address_of(taker)) for giver, taker in places]


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _stage(owner: psycopg.Connection[tuple[object, ...]]) -> None:
    owner.execute("DROP TABLE IF EXISTS staged, moved")
    addresses = [address for pair in _pairs() for address in pair]
    with psycopg.ClientCursor(owner) as cursor:
        cursor.execute(STAGED, {"size": SIZE, "addresses": addresses})
    owner.execute(MOVED)
    owner.execute("ANALYZE moved")
    owner.commit()


def test_batches(own_database: str) -> None:
    now = a_big_ledger()
    month = month_of(now)
    with psycopg.connect(servers.server_url(database=own_database)) as owner:

        def copied(select: str, *facts: object) -> bytes:
            with psycopg.ClientCursor(owner) as cursor:
                query = cursor.mogrify(select, facts)
                with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)".encode()) as copy:
                    return b"".join(bytes(block) for block in copy)

        def raw() -> float:
            _stage(owner)
            rows = {
                INTO_TRANSACTIONS: copied(TRANSACTIONS, month, now),
                INTO_ENTRIES: copied(ENTRIES, month),
            }

            def write() -> None:
                with owner.cursor() as cursor:
                    for into, payload in rows.items():
                        with cursor.copy(into) as copy:
                            copy.write(payload)
                    cursor.execute(UPDATE)
                owner.commit()

            return SIZE / _seconds(write)

        def staged() -> float:
            _stage(owner)

            def call() -> None:
                owner.execute(POST_STAGED, (month, now))
                owner.commit()

            return SIZE / _seconds(call)

        taken = interleaved(
            {"raw limit": raw, "batch": staged, "post_batch": lambda: _rate_of_python(now)}
        )
    ratios = {"batch": "raw limit", "post_batch": "raw limit"}
    print(told(taken, unit="transactions/s", ratios=ratios))  # noqa: T201


def _rate_of_python(now: datetime) -> float:
    postings: list[Posting] = [a_transfer(*coins(1, *pair), at=now) for pair in _pairs()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # connected before the clock starts
    return SIZE / _seconds(lambda: post_batch(postings))
