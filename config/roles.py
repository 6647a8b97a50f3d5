"""What the application's database role may do: granted table by table, by the owner."""

from django.apps import apps
from django.db import connections
from django.db.backends.utils import CursorWrapper
from psycopg import sql

OWNER_ROLE = "flowcoin_owner"
APPLICATION_ROLE = "flowcoin_app"
# The application reads these and writes none: the ledger moves only through its functions,
# whose grants stand beside them in ledger/sql.
READ_ONLY_APPS = {"ledger"}
READ_ONLY_TABLES = {"django_migrations", "exchange_waiting", "ledger_closingbalance"}
# Nobody changes or removes a row of these, the application least of all.
APPEND_ONLY_TABLES = {
    "exchange_event",
    "exchange_turn",
    "ledger_look",
    "wallet_holderevent",
    "wallet_memberevent",
    "wallet_numberevent",
    "wallet_policyrow",
}


def grant_to_application(*, using: str) -> None:
    """Grant the application its rights on every table of this database, and nothing to PUBLIC."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_database()")
        revoke_from_public(cursor=cursor, database=cursor.fetchone()[0])
        _run(cursor, "GRANT USAGE ON SCHEMA public TO {}", APPLICATION_ROLE)
        for table in _tables(cursor=cursor):
            rights = _rights_on(table=table)
            if table in APPEND_ONLY_TABLES:
                _run(cursor, "REVOKE UPDATE, DELETE ON TABLE {} FROM {}", table, APPLICATION_ROLE)
            _run(cursor, f"GRANT {rights} ON TABLE {{}} TO {{}}", table, APPLICATION_ROLE)
        for sequence, table in _sequences(cursor=cursor):
            if not _is_read_only(table=table):
                _run(cursor, "GRANT USAGE ON SEQUENCE {} TO {}", sequence, APPLICATION_ROLE)


def revoke_from_public(*, cursor: CursorWrapper, database: str) -> None:
    """Take temporary tables and every function of ours away from PUBLIC.

    A caller who could make a temporary table could shadow one that a function trusts. The
    database's own right is not copied from a template: this runs for every database made.
    """
    _run(cursor, "REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC", database)
    cursor.execute("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC")
    cursor.execute(
        "SELECT format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', p.oid::regprocedure)"
        " FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner"
        " WHERE p.pronamespace = 'public'::regnamespace AND r.rolname = current_user"
    )
    for (statement,) in cursor.fetchall():
        cursor.execute(statement)


def _rights_on(*, table: str) -> str:
    if table in APPEND_ONLY_TABLES:
        return "SELECT, INSERT"
    return "SELECT" if _is_read_only(table=table) else "SELECT, INSERT, UPDATE, DELETE"


def _is_read_only(*, table: str) -> bool:
    """Tell whether a table, or a partition by its name's beginning, is only read."""
    if table in READ_ONLY_TABLES:
        return True
    managed = (model._meta for model in apps.get_models() if model._meta.managed)
    if table in {meta.db_table for meta in managed}:
        return False  # the close's own progress is ordinary
    return any(
        table.startswith(f"{app.label}_")
        for app in apps.get_app_configs()
        if app.label in READ_ONLY_APPS
    )


def _tables(*, cursor: CursorWrapper) -> list[str]:
    cursor.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')"
        " AND r.rolname = current_user ORDER BY 1"
    )
    return [name for (name,) in cursor.fetchall()]


def _sequences(*, cursor: CursorWrapper) -> list[tuple[str, str]]:
    """Return each sequence with the table whose column owns it, or its own name."""
    cursor.execute(
        "SELECT s.relname, coalesce(t.relname, s.relname) FROM pg_class s"
        " JOIN pg_roles r ON r.oid = s.relowner"
        " LEFT JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass"
        " AND d.deptype IN ('a', 'i')"
        " LEFT JOIN pg_class t ON t.oid = d.refobjid"
        " WHERE s.relkind = 'S' AND s.relnamespace = 'public'::regnamespace"
        " AND r.rolname = current_user ORDER BY 1"
    )
    return [(sequence, table) for sequence, table in cursor.fetchall()]


def _run(cursor: CursorWrapper, statement: str, *names: str) -> None:
    composed = sql.SQL(statement).format(*(sql.Identifier(name) for name in names))
    cursor.execute(composed.as_string(cursor.connection))
