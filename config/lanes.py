"""A queue for each carrier: one that is down fills its own, and delays no other.

A carrier joins by its row alone, so the workers that read the queue `carriers` read each
carrier's as well, and look for new ones while they run.
"""

from typing import Any

import structlog
from celery import bootsteps
from django.db import DatabaseError, connection

CARRIERS_QUEUE = "carriers"
LOOK_SECONDS = 15

log = structlog.get_logger(__name__)


def lane_of(*, carrier: str) -> str:
    """Return the name of a carrier's queue."""
    return f"carrier.{carrier}"


def lanes() -> list[str]:
    """Return the queues of all carriers there are."""
    from wallet.carriers.models import Carrier

    codes = Carrier.parties.order_by("pk").values_list("pk", flat=True)
    return [lane_of(carrier=code) for code in codes]


class FollowCarriers(bootsteps.StartStopStep):
    """Have a worker read every carrier's queue, and those of carriers that join later."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self.looking: Any = None

    def start(self, consumer: Any) -> None:
        """Begin to look, in a worker that serves carriers."""
        if CARRIERS_QUEUE in consumer.app.amqp.queues.consume_from:
            _look(consumer)
            self.looking = consumer.timer.call_repeatedly(LOOK_SECONDS, _look, (consumer,))

    def stop(self, consumer: Any) -> None:
        """Look no more; the next connection begins anew."""
        if self.looking is not None:
            self.looking.cancel()
            self.looking = None


def _look(consumer: Any) -> None:
    """Look once; a database that cannot be asked now is asked the next time."""
    try:
        follow(consumer)
    except DatabaseError:
        log.warning("carriers_not_read", exc_info=True)
    finally:
        connection.close()  # the worker's own thread has no other use for one


def follow(consumer: Any) -> None:
    """Read the queues of carriers that are not read yet."""
    for lane in lanes():
        if not consumer.task_consumer.consuming_from(lane):
            consumer.add_task_queue(lane)
