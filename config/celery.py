"""Background work: queues by what must not wait for what, at least once, JSON only."""

import logging.config
import os
import re
import warnings
from typing import Any, ClassVar

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import celeryd_init, setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu import Queue

from config.lanes import CARRIERS_QUEUE, FollowCarriers, lane_of
from config.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Beside these each carrier has a queue of its own, as its row says; whoever reads `carriers`
# reads all of them.
QUEUES = ("default", "matching", "settlement", CARRIERS_QUEUE)
# An unacknowledged task is given again after this: longer than a close, so that none runs twice
# at once; what a killed worker left is taken up much sooner by the sweeps.
VISIBILITY_SECONDS = 3600
RESULT_SECONDS = 86_400


def queue_of(
    name: str,
    args: tuple[object, ...],
    kwargs: dict[str, object],
    options: dict[str, object],
    task: object = None,
    **unused: object,
) -> dict[str, str] | None:
    """Route a task by its name's prefix; a carrier's task names its carrier by keyword."""
    carrier = kwargs.get("carrier")
    if isinstance(carrier, str) and re.fullmatch(r"[A-Z0-9]{2,4}", carrier):
        return {"queue": lane_of(carrier=carrier)}
    if name.startswith(("exchange.matching", "exchange.market")):
        return {"queue": "matching"}
    if name.startswith(
        ("ledger.months", "ledger.proofs", "exchange.settlement", "wallet.rollover")
    ):
        return {"queue": "settlement"}
    return None


class _Settings:
    """Celery's settings, read late: Django's are complete by then."""

    task_queues = tuple(Queue(name) for name in QUEUES)
    task_default_queue = "default"
    task_routes = (queue_of,)
    task_serializer = "json"
    result_serializer = "json"
    accept_content = ("json",)
    task_acks_late = True
    task_reject_on_worker_lost = True
    worker_prefetch_multiplier = 1
    worker_cancel_long_running_tasks_on_connection_loss = True
    broker_connection_retry_on_startup = True
    broker_transport_options: ClassVar = {"visibility_timeout": VISIBILITY_SECONDS}
    result_backend_transport_options: ClassVar = {"visibility_timeout": VISIBILITY_SECONDS}
    result_expires = RESULT_SECONDS
    enable_utc = True
    timezone = "Asia/Shanghai"
    beat_schedule = SCHEDULE

    @property
    def broker_url(self) -> str:
        from config.environment import environment

        return environment().redis_url

    @property
    def result_backend(self) -> str:
        return self.broker_url


app = Celery("flowcoin")
app.config_from_object(_Settings())
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)
app.steps["consumer"].add(FollowCarriers)


@celeryd_init.connect
def run_the_demo_as_anybody(**unused: Any) -> None:
    """Start the demo's workers as whoever started the demo, root too, without a long warning."""
    from config.environment import environment

    if environment().demo:
        warnings.filterwarnings("ignore", category=SecurityWarning)


@setup_logging.connect
def keep_our_logs(**unused: Any) -> None:
    """Log as the web does, not as Celery would."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
