"""Everything the ledger keeps in the database is walked: what is new is refused until it is named here."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, connections, transaction
from psycopg import errors

from ledger.operations import open_months
from tests.ledger.worlds import a_holder_with

pytestmark = pytest.mark.own_database

# The application's own rows beside the books, and what it may do with them. The close's progress
# and what proofs found are ordinary. A look at personal data is only ever added.
WRITTEN = {
    "ledger_close": {"INSERT", "UPDATE", "DELETE"},
    "ledger_closepart": {"INSERT", "UPDATE", "DELETE"},
    "ledger_look": {"INSERT"},
    "ledger_proofrun": {"INSERT", "UPDATE", "DELETE"},
    "ledger_prooffound": {"INSERT", "UPDATE", "DELETE"},
}
# What the owner may do to a table in spite of its guards, and why.
UNGUARDED = {
    "ledger_address_kind": {"UPDATE", "DELETE"},  # the chart changes by migrations; see below
    "ledger_transaction_kind": {"UPDATE", "DELETE", "TRUNCATE"},
    "ledger_balance_row": {"UPDATE"},  # each posting moves it; the entries prove it
    "ledger_stripe": {"UPDATE"},
    "ledger_month": {"UPDATE"},  # open, closing, closed
    "ledger_copy_epoch": {"UPDATE", "DELETE", "TRUNCATE"},  # one row, raised by a restore
    "ledger_seal_state": {"UPDATE", "DELETE", "TRUNCATE"},  # one row: where the tree ends
    "ledger_checkpoint_state": {"UPDATE", "DELETE", "TRUNCATE"},  # one row: where they were cut
    "ledger_proofrun": {"UPDATE", "DELETE", "TRUNCATE"},
    "ledger_prooffound": {"UPDATE", "DELETE", "TRUNCATE"},
    "ledger_close": {"UPDATE", "DELETE", "TRUNCATE"},
    "ledger_closepart": {"UPDATE", "DELETE", "TRUNCATE"},
}
# Ways in, each with checks of its own; of each only the newest version, but for those kept a release
# for processes of the one before.
WAYS_IN = {
    "ledger_analyse_new_partitions",
    "ledger_begin_closing",
    "ledger_checkpoint_cut",
    "ledger_checkpoint_mark",
    "ledger_close_month",
    "ledger_decide",
    "ledger_expire_proposals",
    "ledger_open_account",
    "ledger_open_month",
    "ledger_post",
    "ledger_post_batch",
    "ledger_post_each",
    "ledger_propose",
    "ledger_seal_append",
    "ledger_seal_first_key",
    "ledger_seal_head",
    "ledger_set_adjustment_limit",
    "ledger_write_closing_balances",
    "wallet_open_packet",  # runs as the application itself
}
# The exchange may be left out: its functions run as the application itself, as what they ask.
if apps.is_installed("exchange"):
    WAYS_IN |= {"exchange_accept_order", "exchange_book_batch", "exchange_book_rows"}
KEPT_A_RELEASE = {"exchange_accept_order_v3"} if apps.is_installed("exchange") else set()
TABLES = """
    SELECT c.relname, (SELECT a.attname FROM pg_attribute a
                       WHERE a.attrelid = c.oid AND a.attnum > 0
                         AND a.attidentity = '' ORDER BY a.attnum LIMIT 1)
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND c.relname LIKE 'ledger\\_%%' ORDER BY 1
"""
VIEWS = """
    SELECT c.relname, a.attname FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v' ORDER BY 1
"""
SEQUENCES = """
    SELECT s.relname FROM pg_class s WHERE s.relnamespace = 'public'::regnamespace
      AND s.relkind = 'S' AND s.relname LIKE 'ledger\\_%%' ORDER BY 1
"""
# Of each function: whether the application may run it, whether it runs as the owner, its settings.
FUNCTIONS = """
    SELECT p.proname, has_function_privilege('flowcoin_app', p.oid, 'EXECUTE'),
           EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS acl
                   WHERE acl.grantee = 0),
           p.prosecdef, coalesce(p.proconfig, '{}'), p.provolatile
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace ORDER BY 1
"""
# Which statements a table's guards refuse, by the bits of their triggers.
GUARDS = """
    SELECT c.relname, array_agg(DISTINCT o.name) FILTER (WHERE t.tgtype & o.bit > 0)
    FROM pg_class c
    LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgenabled = 'O' AND t.tgtype & 2 > 0
        AND t.tgqual IS NULL AND t.tgattr = ''
        AND t.tgfoid = ANY (SELECT oid FROM pg_proc WHERE proname LIKE 'ledger\\_append\\_only\\_%%')
    CROSS JOIN (VALUES ('DELETE', 8), ('UPDATE', 16), ('TRUNCATE', 32)) AS o (name, bit)
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND c.relname LIKE 'ledger\\_%%' GROUP BY 1 ORDER BY 1
"""
# What needs a right that the application may have to a table of its own.
CHANGES = (
    ("INSERT", "INSERT INTO {table} DEFAULT VALUES"),
    ("INSERT", "COPY {table} FROM STDIN"),
    ("UPDATE", "UPDATE {table} SET {column} = {column}"),
    ("UPDATE", "SELECT FROM {table} FOR UPDATE"),
    ("UPDATE", "LOCK TABLE {table} IN SHARE MODE"),
    ("DELETE", "DELETE FROM {table}"),
)
NEVER = (
    "TRUNCATE {table}",
    "ALTER TABLE {table} ADD COLUMN mine int",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {table} OWNER TO flowcoin_app",
    "CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION ledger_append_only_v1()",
    "CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "CREATE POLICY mine ON {table}",
    "CREATE INDEX mine ON {table} ({column})",
    "COMMENT ON TABLE {table} IS 'mine'",
    "DROP TABLE {table} CASCADE",
)


@pytest.fixture(autouse=True)
def _books(own_database: str, now: datetime) -> None:
    open_months(now=now)
    a_holder_with(5, at=now)


def _rows(sql: str) -> list[tuple[object, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql.replace("%%", "%"))
        return list(cursor.fetchall())


def _is_denied(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return isinstance(error.__cause__, errors.InsufficientPrivilege)
    return False


def _attempts() -> Iterator[str]:
    for name, column in _rows(TABLES):
        may = WRITTEN.get(str(name), set())
        refused = [*NEVER, *(sql for right, sql in CHANGES if right not in may)]
        yield from (sql.format(table=name, column=column) for sql in refused)
    for name, column in _rows(VIEWS):
        yield f"UPDATE {name} SET {column} = {column}"
        yield f"INSERT INTO {name} ({column}) SELECT {column} FROM {name}"
        yield f"DELETE FROM {name}"
        yield f"CREATE OR REPLACE VIEW {name} AS SELECT 1"
    for (name,) in _rows(SEQUENCES):
        yield f"ALTER SEQUENCE {name} RESTART"
        yield f"SELECT setval('{name}', 1)"
        if str(name).removesuffix("_id_seq") not in WRITTEN:
            yield f"SELECT nextval('{name}')"


def test_every_table_partition_and_sequence_is_closed_to_the_application() -> None:
    tried = list(_attempts())
    assert len(tried) > 200
    assert [sql for sql in tried if not _is_denied(sql)] == []


def test_only_the_named_functions_write() -> None:
    granted = [row for row in _rows(FUNCTIONS) if row[1]]
    # The others only read, and read as the application itself.
    ways_in = [str(row[0]) for row in granted if row[3] or row[5] == "v"]
    newest = [re.sub(r"_v\d+$", "", name) for name in ways_in if name not in KEPT_A_RELEASE]
    assert sorted(newest) == sorted(WAYS_IN)
    assert set(ways_in) >= KEPT_A_RELEASE
    assert len(granted) > len(ways_in)


def test_no_function_runs_for_whoever_comes() -> None:
    assert [row[0] for row in _rows(FUNCTIONS) if row[2]] == []


def test_functions_that_run_as_the_owner_fix_their_search_path() -> None:
    definers = {str(row[0]): row[4] for row in _rows(FUNCTIONS) if row[3]}
    assert "ledger_seal_append_v1" in definers
    loose = [
        name
        for name, settings in definers.items()
        if "search_path=pg_catalog, pg_temp" not in settings  # type: ignore[operator]
    ]
    assert loose == []


def test_every_table_and_partition_refuses_even_the_owner_what_it_should() -> None:
    guards = {str(name): set(kinds or ()) for name, kinds in _rows(GUARDS)}  # type: ignore[call-overload]
    assert "ledger_entry_2026_11" in guards
    every = {"UPDATE", "DELETE", "TRUNCATE"}
    loose = {
        table: every - kinds - UNGUARDED.get(table, set())
        for table, kinds in guards.items()
        if every - kinds - UNGUARDED.get(table, set())
    }
    assert loose == {}


OTHER_ID = (
    "INSERT INTO ledger_account VALUES"
    " (gen_random_uuid(), 'issuer/CM', 'COIN', 'issuer', false, true, NULL, now(), 0)"
)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("DELETE FROM ledger_address_kind WHERE name = 'holder main'", "There are accounts"),
        ("UPDATE ledger_address_kind SET name = 'x' WHERE name = 'issuer'", "There are accounts"),
        ("UPDATE ledger_address_kind SET pattern = '.*'", "ledger_address_kind_begins_plain"),
        (OTHER_ID, "ledger_account_id_is_derived"),
    ],
)
def test_the_chart_and_its_accounts_stay_together_for_the_owner_too(
    change: str, reason: str
) -> None:
    with (
        pytest.raises(DatabaseError, match=reason),
        transaction.atomic(using="owner"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute(change)
