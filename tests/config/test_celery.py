"""Tasks go to the queue that keeps them from delaying each other."""

import warnings
from types import SimpleNamespace

import pytest
from celery.exceptions import SecurityWarning
from celery.signals import celeryd_init

from config.celery import QUEUES, app, queue_of


@pytest.mark.parametrize(
    "task, arguments, queue",
    [
        ("exchange.matching.tasks.run_book", {}, {"queue": "matching"}),
        ("ledger.months.tasks.run_stage", {}, {"queue": "settlement"}),
        ("ledger.proofs.prove_books", {}, {"queue": "settlement"}),
        ("wallet.carriers.tasks.ask", {"carrier": "CT"}, {"queue": "carrier.CT"}),
        ("wallet.carriers.tasks.ask", {"carrier": "MV"}, {"queue": "carrier.MV"}),
        ("wallet.carriers.tasks.sweep", {}, None),
        ("wallet.gift.tasks.expire_gifts", {}, None),
    ],
)
def test_route(task: str, arguments: dict[str, object], queue: dict[str, str] | None) -> None:
    assert queue_of(task, (), arguments, {}) == queue


def test_a_route_never_names_a_queue_nobody_reads() -> None:
    assert queue_of("wallet.carriers.tasks.ask", (), {"carrier": "XX"}, {}) is None
    assert {"default", "matching", "settlement", "carrier.MV"} <= set(QUEUES)


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
