"""The application's role finds no way around: no other role, file or program, no shadow of a name."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, connections
from psycopg import errors

from ledger.models import Entry
from ledger.operations import open_month, open_months, post, post_batch
from ledger.proofs.proofs import PROOFS
from ledger.proofs.queries import finding_of
from ledger.refusals import BalanceTooLow, InvalidPosting
from ledger.rules import COIN, month_after, month_of, move, starts_at
from ledger.seals.operations import append_committed
from ledger.seals.proofs import PROOFS as SEAL_PROOFS
from tests.ledger.worlds import a_posting, coins, main_of

pytestmark = pytest.mark.own_database

ESCAPES = (
    # to another role
    "SET ROLE flowcoin_owner",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION flowcoin_owner",
    "SET SESSION AUTHORIZATION postgres",
    "ALTER ROLE flowcoin_app SUPERUSER",
    "ALTER ROLE flowcoin_owner PASSWORD 'mine'",
    "CREATE ROLE mine",
    "GRANT flowcoin_owner TO flowcoin_app",
    "GRANT pg_write_all_data TO flowcoin_app",
    "GRANT pg_execute_server_program TO flowcoin_app",
    "REASSIGN OWNED BY flowcoin_owner TO flowcoin_app",
    # to files and programs of the server
    "COPY (SELECT 1) TO PROGRAM 'cat'",
    "COPY django_session FROM PROGRAM 'cat'",
    "COPY (SELECT 1) TO '/tmp/mine'",
    "COPY django_session FROM '/etc/passwd'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_binary_file('/etc/passwd')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/mine')",
    "LOAD '/tmp/mine.so'",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE c AS '/tmp/mine.so'",
    "CREATE EXTENSION pg_stat_statements",
    "ALTER SYSTEM SET fsync = off",
    "SELECT pg_reload_conf()",
    # to objects of its own, which could bear our names
    "CREATE SCHEMA mine",
    "CREATE TABLE mine (id int)",
    "CREATE TABLE pg_temp.ledger_balance (id int)",
    "CREATE TEMP TABLE ledger_balance (id int)",
    "CREATE TEMP VIEW ledger_month AS SELECT 1",
    "CREATE TEMP SEQUENCE ledger_entry_id",
    "CREATE TYPE mine AS (id int)",
    "CREATE DOMAIN mine AS bigint",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE FUNCTION public.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'",
    "CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OPERATOR public.+ (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = int8mi)",
    "CREATE AGGREGATE public.sum (bigint) (SFUNC = int8mi, STYPE = bigint)",
    "CREATE CAST (text AS uuid) WITH INOUT",
    "CREATE DATABASE mine",
    "CREATE PUBLICATION mine FOR ALL TABLES",
    "CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION ledger_append_only_v1()",
    "ALTER FUNCTION ledger_account_id_v1(text, text) RENAME TO mine",
    "ALTER SCHEMA public RENAME TO mine",
    "ALTER DEFAULT PRIVILEGES FOR ROLE flowcoin_owner GRANT ALL ON TABLES TO flowcoin_app",
    # past the guards
    "SET session_replication_role = replica",
    "SET allow_system_table_mods = on",
    "UPDATE pg_trigger SET tgenabled = 'D'",
    "DELETE FROM pg_depend",
    "UPDATE pg_database SET datname = 'mine'",
    "DO $$ BEGIN UPDATE public.ledger_stripe SET balance = 0; END $$",
    "MERGE INTO ledger_balance_row USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    "WITH mine AS (DELETE FROM ledger_entry RETURNING 1) SELECT * FROM mine",
)


@pytest.fixture(autouse=True)
def _months(own_database: str, now: datetime) -> None:
    open_months(now=now)


def test_every_escape_is_refused() -> None:
    open_ways = []
    for sql in ESCAPES:
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
            open_ways.append(sql)
        except DatabaseError as error:
            if not isinstance(error.__cause__, errors.InsufficientPrivilege):
                open_ways.append(f"{sql}: {error}")
    assert open_ways == []


# What a function that trusted its caller's search path would take for ours.
SHADOWS = (
    "CREATE TABLE mine.ledger_balance AS SELECT * FROM public.ledger_balance",
    "CREATE TABLE mine.ledger_balance_row AS SELECT * FROM public.ledger_balance_row",
    "CREATE TABLE mine.ledger_stripe AS SELECT * FROM public.ledger_stripe",
    "CREATE TABLE mine.ledger_account AS SELECT * FROM public.ledger_account",
    "CREATE TABLE mine.ledger_month AS SELECT * FROM public.ledger_month",
    "CREATE TABLE mine.ledger_transaction AS SELECT * FROM public.ledger_transaction",
    "CREATE TABLE mine.ledger_entry AS SELECT * FROM public.ledger_entry",
    "CREATE TABLE mine.ledger_address_kind AS SELECT * FROM public.ledger_address_kind",
    "CREATE TABLE mine.ledger_seal_state AS SELECT * FROM public.ledger_seal_state",
    "CREATE FUNCTION mine.sha256(bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT '\\x00'::bytea $$",
    "CREATE FUNCTION mine.uuid_send(uuid) RETURNS bytea LANGUAGE sql AS $$ SELECT '\\x00'::bytea $$",
    "CREATE FUNCTION mine.int8send(bigint) RETURNS bytea LANGUAGE sql AS $$ SELECT '\\x00'::bytea $$",
    "CREATE FUNCTION mine.current_setting(text) RETURNS text LANGUAGE sql AS $$ SELECT '' $$",
    "CREATE FUNCTION mine.cardinality(anyarray) RETURNS int LANGUAGE sql AS $$ SELECT 0 $$",
    "CREATE FUNCTION mine.ledger_account_id_v1(text, text) RETURNS uuid RETURN gen_random_uuid()",
    "CREATE FUNCTION mine.ledger_account_id_v2(text, text) RETURNS uuid RETURN gen_random_uuid()",
    "CREATE FUNCTION mine.more(bigint, bigint) RETURNS bigint RETURN int8mul($1, 1000)",
    "CREATE FUNCTION mine.never(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT false'",
    "CREATE FUNCTION mine.always(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "CREATE OPERATOR mine.+ (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = mine.more)",
    "CREATE OPERATOR mine.<> (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = mine.never)",
    "CREATE OPERATOR mine.>= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = mine.always)",
    "CREATE AGGREGATE mine.sum (bigint) (SFUNC = mine.more, STYPE = bigint, INITCOND = '0')",
)


@contextmanager
def _a_schema_of_its_own() -> Iterator[None]:
    """Give the application what it cannot take: a schema, first in its search path, with our names."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE SCHEMA mine")
        cursor.execute("GRANT ALL ON SCHEMA mine TO flowcoin_app")
    with connection.cursor() as cursor:
        for sql in SHADOWS:
            cursor.execute(sql)
        cursor.execute("SET search_path = mine, pg_temp, pg_catalog, public")
    yield
    connection.close()


def _assert_books_hold(addresses: dict[str, int]) -> None:
    """Read as another session does."""
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.address, b.balance FROM public.ledger_balance b"
            " JOIN public.ledger_account a ON a.id = b.account_id WHERE a.asset = 'COIN'"
        )
        assert dict(cursor.fetchall()) == addresses
    append_committed()
    findings = [finding_of(proof) for proof in (*PROOFS, *SEAL_PROOFS)]
    assert [finding for finding in findings if not finding.is_clean] == []
    assert all(finding.examined for finding in findings[: len(PROOFS)])


def test_names_of_ours_in_another_schema_change_nothing(now: datetime) -> None:
    giver, taker = main_of(uuid4()), main_of(uuid4())
    post(a_posting(*coins(50, "issuer/CT", giver), at=now))
    with _a_schema_of_its_own():
        post(a_posting(*coins(20, giver, taker), at=now))
        post_batch([a_posting(*coins(3, giver, taker), at=now) for _ in range(2)])
        with connection.cursor() as cursor:
            for table in ("ledger_balance_row", "ledger_entry", "ledger_transaction"):
                cursor.execute(f"SELECT count(*) FROM mine.{table}")
                assert cursor.fetchone()[0] <= 2, "A function wrote to the caller's table."
            # The shadowed names are those a careless reader would meet.
            cursor.execute("SELECT 1::bigint + 1::bigint, sum(1::bigint)")
            assert cursor.fetchone() == (1000, 0)
    _assert_books_hold({giver: 24, taker: 26})


def test_floor_holds_beside_operators_that_always_agree(now: datetime) -> None:
    poor, taker = main_of(uuid4()), main_of(uuid4())
    post(a_posting(*coins(5, "issuer/CT", poor), at=now))
    with _a_schema_of_its_own():
        with pytest.raises(BalanceTooLow):
            post(a_posting(*coins(6, poor, taker), at=now))
        with pytest.raises(BalanceTooLow):
            post_batch([a_posting(*coins(6, poor, taker), at=now)])
        unbalanced = move(asset=COIN, amount=1, source="issuer/CT", target=poor)[1:]
        with pytest.raises(InvalidPosting):
            post(a_posting(*unbalanced, at=now))
    _assert_books_hold({poor: 5})


SETTINGS = (
    "SET TIME ZONE 'America/Los_Angeles'",
    "SET DateStyle = 'SQL, DMY'",
    "SET IntervalStyle = 'iso_8601'",
    "SET bytea_output = 'escape'",
    "SET extra_float_digits = -15",
    "SET transform_null_equals = on",
    "SET quote_all_identifiers = on",
    "SET client_encoding = 'GBK'",
    "SET enable_indexscan = off",
    "SET plan_cache_mode = force_generic_plan",
    "SET check_function_bodies = off",
    "SET constraint_exclusion = on",
)


@pytest.mark.quiet
def test_a_sessions_settings_change_nothing(now: datetime) -> None:
    giver, taker = main_of(uuid4()), main_of(uuid4())
    month = month_of(now)
    with connection.cursor() as cursor:
        for sql in SETTINGS:
            cursor.execute(sql)
    assert open_month(month=month_after(month, 20))
    post(a_posting(*coins(50, "issuer/CT", giver), at=now))
    once = a_posting(*coins(20, giver, taker), at=now)
    post_batch([once])
    append_committed()
    post(a_posting(*coins(1, giver, taker), at=starts_at(month_after(month, 20))))
    connection.close()
    assert post_batch([once]) == frozenset()  # the same content, whatever the settings
    _assert_books_hold({giver: 29, taker: 21})
    assert set(Entry.objects.values_list("month", flat=True)) == {month, month_after(month, 20)}
