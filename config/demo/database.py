"""The demo's database: made anew before a month is played, and remembered when it was."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from ledger.models import Month
from ledger.rules import month_name


class NotOurs(Exception):
    """The database holds a ledger that no demo made."""


def played_month(*, folder: Path, month: date) -> dict[str, Any] | None:
    """Return what a finished demo of this month remembered; None if it is to be played."""
    mark = folder / "played.json"
    try:
        remembered: dict[str, Any] = json.loads(mark.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    is_closed = Month.objects.filter(month=month, state=Month.State.CLOSED).exists()
    return remembered if is_closed and remembered.get("month") == month_name(month) else None


def remember(*, folder: Path, month: date, told: dict[str, Any]) -> None:
    """Note that a demo was played to its end."""
    (folder / "played.json").write_text(json.dumps({**told, "month": month_name(month)}))


def fresh_database(*, folder: Path) -> None:
    """Drop what an earlier or unfinished demo left, make the database anew and migrate it.

    Raises:
        NotOurs: there are months in it, and no demo was begun here.
    """
    begun = folder / "begun"
    if Month.objects.exists() and not begun.exists():
        raise NotOurs("The database holds a ledger already; a demo needs an empty one.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    begun.touch()
    if Month.objects.exists():
        _recreate()
        call_command("migrate", verbosity=0, interactive=False)


def _recreate() -> None:
    owner = connections["owner"]
    name = sql.Identifier(str(owner.settings_dict["NAME"]))
    parameters = {**owner.get_connection_params(), "dbname": "postgres"}
    known = ("host", "port", "user", "password", "dbname", "sslmode")
    connections.close_all()
    with psycopg.connect(
        **{key: parameters[key] for key in known if key in parameters}, autocommit=True
    ) as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
