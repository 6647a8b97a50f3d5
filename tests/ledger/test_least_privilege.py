"""The application's role reads the ledger and calls its ways in; everything else is refused."""

from datetime import datetime

import pytest
from django.db import DatabaseError, connection, connections

from ledger.operations import open_months
from tests.ledger.worlds import a_campaign_with, a_holder_with, main_of

ROW = (
    "(month, account_id, transaction_id, amount)"
    " VALUES ('2026-11-01', gen_random_uuid(), gen_random_uuid(), 5)"
)
WRITES = (
    f"INSERT INTO ledger_entry {ROW}",
    "UPDATE ledger_entry SET amount = 1",
    "DELETE FROM ledger_entry",
    "TRUNCATE ledger_entry",
    "UPDATE ledger_entry_2026_11 SET amount = 1",
    f"INSERT INTO ledger_entry_2026_11 {ROW}",
    "TRUNCATE ledger_entry_2026_11",
    "UPDATE ledger_balance SET version = version + 1",
    "UPDATE ledger_balance_row SET balance = balance + 1",
    "UPDATE ledger_stripe SET balance = balance + 1",
    "UPDATE ledger_transaction SET actor = 'x'",
    "UPDATE ledger_account SET tracked = false",
    "UPDATE ledger_month SET state = 'open'",
    "INSERT INTO ledger_address_kind VALUES ('x', 'x', null, null, false, true)",
    "INSERT INTO ledger_transaction_kind VALUES ('x')",
    "UPDATE ledger_copy_epoch SET epoch = 2",
    "SELECT nextval('ledger_entry_id')",
    "CREATE TABLE mine (id int)",
    "CREATE TEMP TABLE ledger_balance (id int)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA mine",
    "SELECT public.ledger_open_accounts_v2('{}', '{}', '{}', now())",
    "SELECT public.ledger_move_stripes_v1(gen_random_uuid(), 1)",
    "SELECT public.ledger_stripe_kind_v1('gift', 2::smallint)",
    "SELECT public.ledger_post_legs_v2(null, null, null, null)",
    "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
    "SET ROLE flowcoin_owner",
)


@pytest.mark.parametrize("sql", WRITES)
def test_application_is_refused(own_database: str, now: datetime, sql: str) -> None:
    open_months(now=now)
    a_holder_with(5, at=now)
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
        with connection.cursor() as cursor:
            cursor.execute(sql)


APPEND_ONLY = (
    "UPDATE ledger_entry SET amount = 1",
    "DELETE FROM ledger_entry",
    "TRUNCATE ledger_entry_2026_11",
    "UPDATE ledger_transaction SET actor = 'x'",
    "DELETE FROM ledger_account",
    "DELETE FROM ledger_balance_row",
    "DELETE FROM ledger_stripe",
    "TRUNCATE ledger_entry",
    "DELETE FROM ledger_month",
)


@pytest.mark.parametrize("sql", APPEND_ONLY)
def test_even_the_owner_is_refused(own_database: str, now: datetime, sql: str) -> None:
    open_months(now=now)
    a_holder_with(5, at=now)
    a_campaign_with(5, at=now)
    with pytest.raises(DatabaseError, match="append-only"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(sql)


def test_search_path_changes_nothing(own_database: str, now: datetime) -> None:
    open_months(now=now)
    with connection.cursor() as cursor:
        cursor.execute("SET search_path = pg_temp, pg_catalog, public")
    holder = a_holder_with(5, at=now)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT balance FROM public.ledger_balance JOIN public.ledger_account ON id = account_id"
            " WHERE address = %s",
            [main_of(holder)],
        )
        assert cursor.fetchone() == (5,)
