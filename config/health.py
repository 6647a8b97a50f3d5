"""Say whether this process is alive, and whether it can do its work."""

from collections.abc import Callable
from functools import cache

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

BROKER_SECONDS_MAX = 2
OURS = {"exchange", "ledger", "wallet"}


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer: the process is alive."""
    return JsonResponse({"status": "ok"})


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, broker and migrations are in order, else 503 and which is not."""
    checks: dict[str, Callable[[], bool]] = {
        "database": _database_answers,
        "broker": _broker_answers,
        "migrations": _is_migrated,
    }
    found = {name: check() for name, check in checks.items()}
    ready = all(found.values())
    states = {name: "ok" if fine else "down" for name, fine in found.items()}
    return JsonResponse(
        {"status": "ok" if ready else "down", **states}, status=200 if ready else 503
    )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _broker_answers() -> bool:
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=BROKER_SECONDS_MAX,
        socket_timeout=BROKER_SECONDS_MAX,
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _is_migrated() -> bool:
    try:
        _refuse_unapplied()
    except (Error, _Unapplied):
        return False
    return True


class _Unapplied(Exception):
    """A migration of this code is missing in the database."""


@cache
def _refuse_unapplied() -> None:
    """Raise while a migration is missing; once none is, that is remembered for this process."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise _Unapplied


def is_of_another_release() -> bool:
    """Tell whether the database was brought to other migrations of ours than this code has."""
    try:
        loader = MigrationLoader(connection)
    except Error:
        return False
    here = {name for name in loader.disk_migrations if name[0] in OURS}
    apps = {app for app, _ in here}
    return here != {name for name in loader.applied_migrations if name[0] in apps}
