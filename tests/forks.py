"""Processes that a test forks: what they would inherit is ended first."""

from django.db import connections
from kombu import pools

from config.celery import app


def leave_no_connection() -> None:
    """End this process's connections, to the database and to the broker: both would read from one.

    The next that is needed is made anew.
    """
    connections.close_all()
    end_broker_connections()


def end_broker_connections() -> None:
    """End this process's connections to the broker; whoever sends next makes one."""
    pools.reset()
    # The app keeps the pool it drew from, now closed for good.
    app._after_fork()  # type: ignore[attr-defined]
