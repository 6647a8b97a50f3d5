"""Make the two roles and the database of an embedded cluster, as deploy/roles.sql does."""

import psycopg
from psycopg import sql

from config.embedded.state import State
from config.roles import APPLICATION_ROLE, OWNER_ROLE

DATABASE = "flowcoin"


def make_roles(*, state: State) -> None:
    """Make what is missing of roles and database, and set the roles' passwords."""
    with psycopg.connect(state.superuser_url, autocommit=True) as connection:
        _make_role(connection, role=OWNER_ROLE, password=state.owner_password)
        _make_role(connection, role=APPLICATION_ROLE, password=state.application_password)
        # The tests make databases of their own as the owner.
        connection.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(OWNER_ROLE)))
        if not connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
        ).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)
                )
            )
        connection.execute(
            sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(DATABASE))
        )


def _make_role(
    connection: psycopg.Connection[tuple[object, ...]], *, role: str, password: str
) -> None:
    name = sql.Identifier(role)
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {}").format(name))
    connection.execute(
        sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(password))
    )
