"""Tasks go to the queue that keeps them from delaying each other."""

import warnings
from types import SimpleNamespace

import pytest
from celery.exceptions import SecurityWarning
from celery.signals import celeryd_init

from config.celery import QUEUES, app, queue_of
from config.lanes import CARRIERS_QUEUE, follow
from wallet.carriers.models import Carrier


@pytest.mark.parametrize(
    "task, arguments, queue",
    [
        ("exchange.matching.tasks.run_book", {}, {"queue": "matching"}),
        ("ledger.months.tasks.run_stage", {}, {"queue": "settlement"}),
        ("ledger.proofs.prove_books", {}, {"queue": "settlement"}),
        ("wallet.carriers.tasks.ask", {"carrier": "CT"}, {"queue": "carrier.CT"}),
        ("wallet.carriers.tasks.ask", {"carrier": "NEW"}, {"queue": "carrier.NEW"}),
        ("wallet.carriers.tasks.ask", {"carrier": "../x"}, None),
        ("wallet.carriers.tasks.sweep", {}, None),
        ("wallet.gift.tasks.expire_gifts", {}, None),
    ],
)
def test_route(task: str, arguments: dict[str, object], queue: dict[str, str] | None) -> None:
    assert queue_of(task, (), arguments, {}) == queue


class ReadingWorker:
    """A worker's consumer, as far as it is asked which queues it reads."""

    def __init__(self, *reads: str) -> None:
        self.reads = list(reads)
        self.task_consumer = self

    def consuming_from(self, queue: str) -> bool:
        return queue in self.reads

    def add_task_queue(self, queue: str) -> None:
        self.reads.append(queue)


@pytest.mark.django_db
def test_a_carrier_that_joins_gets_a_queue_that_is_read() -> None:
    assert set(QUEUES) == {"default", "matching", "settlement", CARRIERS_QUEUE}
    worker = ReadingWorker(CARRIERS_QUEUE)
    follow(worker)
    assert worker.reads == [CARRIERS_QUEUE, "carrier.CM", "carrier.CT", "carrier.CU", "carrier.MV"]
    Carrier.objects.create(code="NEW", name_zh="新", name_en="New")
    follow(worker)
    assert worker.reads[-1:] == ["carrier.NEW"]
    assert len(worker.reads) == 6


def test_tasks_are_given_again_when_a_worker_dies() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert list(app.conf.accept_content) == ["json"]


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    missing = {entry["task"] for entry in app.conf.beat_schedule.values()} - set(app.tasks)
    assert missing == set()


@pytest.mark.parametrize("demo, warned", [(True, 0), (False, 1)])
def test_only_the_demo_runs_as_root_in_silence(
    demo: bool, warned: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = SimpleNamespace(demo=demo)
    monkeypatch.setattr("config.environment.environment", lambda: given)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        celeryd_init.send(sender="worker@here", instance=None, conf=None, options=None)
        warnings.warn("as root", SecurityWarning, stacklevel=1)
    assert len(caught) == warned
