"""Copies of one month, closed and killed over and over, until enough was killed."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from random import Random
from tempfile import gettempdir
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from celery import Celery
from django.db import connections
from django.utils import timezone
from psycopg import sql

from config.embedded.postgres import Postgres
from config.embedded.session import CHECKOUT
from ledger import registry
from ledger.rules import month_after, month_of
from tests.closing_time import when_it_may_close
from tests.faults.closing.kills import (
    LOST_THE_SERVER,
    Closing,
    Ended,
    every_stage,
    idle_stages,
    stages_of,
)
from tests.faults.closing.world import a_month_to_close, place_late_orders
from tests.faults.killing import server as servers
from tests.faults.killing.judge import look_at

RESUME = "ledger.months.resume_closes"
WORKER_SECONDS = (2.0, 6.0)
BEAT_SECONDS_MAX = 180


@dataclass(slots=True, kw_only=True)
class Trial:
    """A server, a month in it, the undisturbed close of a copy, and the copy being closed."""

    server: Postgres
    dice: Random
    each: int
    kills: int = 0
    copies: int = 0
    template: str = ""
    undisturbed: Ended | None = None
    closing: Closing | None = None
    now: datetime = field(default_factory=lambda: when_it_may_close(timezone.now()))
    amid: set[str] = field(default_factory=set)
    left_at: set[str] = field(default_factory=set)
    found: Counter[str] = field(default_factory=Counter)

    @property
    def month(self) -> date:
        """The month to be closed: the one before this."""
        return month_after(month_of(self.now), -1)

    def begin(self) -> None:
        """Make the month, and close a copy of it undisturbed."""
        look_at(self.server)
        self.template = connections["default"].settings_dict["NAME"]
        book = a_month_to_close(month=self.month, now=self.now, each=self.each)
        place_late_orders(book=book, orders=self.each)
        # The late orders were accepted while nobody looked: here nothing refuses to begin for them.
        registry._blockers.pop("books")
        self._use_copy()
        self.undisturbed = self.closing_now().end()
        idle = idle_stages(self.month)
        assert not idle, f"These stages had nothing to do: {idle}."
        in_order = stages_of(self.month)
        self._use_copy()
        for stage in in_order:
            self.kill_amid(stage)

    def kill_amid(self, stage: str) -> None:
        """Kill a close within a part of one stage, however quick that is."""
        self.closing_now().kill_amid(stage)
        self.kills += 1
        self.found["kills of a close amid each stage"] += 1

    def kill_once(self, *, kind: str) -> None:
        """Kill one close, or what it needs; where it has ended nevertheless, judge it."""
        KINDS[kind](self)
        self.kills += 1
        self.found[f"kills of {kind}"] += 1
        closing = self.closing_now()
        if closing.is_over():
            self._judge()
            self._use_copy()

    def end(self) -> None:
        """Lose the broker's messages before the last close, and let beat alone take it up."""
        self.closing_now().kill_at_random()
        broker().flushall()
        with worker(), beat():
            ends = time.monotonic() + BEAT_SECONDS_MAX
            while not self.closing_now().is_closed() and time.monotonic() < ends:
                time.sleep(1)
        if not self.closing_now().is_closed():  # it had not begun: beat takes up what has
            self.found["closes ended by hand"] += 1
        self._judge()
        missed = every_stage() - self.amid
        assert not missed, f"Nothing was killed amid {missed}."

    def _judge(self) -> None:
        assert self.closing_now().end() == self.undisturbed, "The digests differ."
        self.found["closes, each with the undisturbed digest, proofs and seal"] += 1

    def closing_now(self) -> Closing:
        """Return the close of the copy in use."""
        if self.closing is None:
            self.closing = Closing(
                month=self.month,
                now=self.now,
                dice=self.dice,
                amid=self.amid,
                left_at=self.left_at,
            )
        return self.closing

    def _use_copy(self) -> None:
        """Point everything at a new copy of the month."""
        self.copies += 1
        name = f"copy_{self.copies}"
        connections.close_all()
        with psycopg.connect(self.server.state.superuser_url, autocommit=True) as owner:
            owner.execute(
                # Copied by its log, a sequence forgets after a crash what it gave since: the first
                # 32 numbers of a copy are not logged. Seen with PostgreSQL 18.
                sql.SQL(
                    "CREATE DATABASE {} TEMPLATE {} OWNER flowcoin_owner STRATEGY FILE_COPY"
                ).format(sql.Identifier(name), sql.Identifier(self.template))
            )
            owner.execute(
                sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))
            )
        for alias in ("default", "owner"):
            connections.settings[alias]["NAME"] = name
            connections[alias].settings_dict["NAME"] = name
        self.closing = None

    def kill_the_server(self) -> None:
        """Kill PostgreSQL, or a process of it, while a close runs; bring it back."""
        child = self.closing_now().start()
        time.sleep(self.dice.uniform(0.05, 0.6))
        kill = self.dice.choice(
            (servers.kill_postmaster, servers.kill_server, servers.kill_backend)
        )
        try:
            kill(self.server, self.dice)
        except IndexError:  # the close had no connection at this instant
            servers.kill_server(self.server, self.dice)
        child.join(servers.WAIT_SECONDS_MAX)
        assert child.exitcode in (0, 1, LOST_THE_SERVER), child.exitcode
        servers.bring_back(self.server)
        look_at(self.server)

    def kill_a_worker(self) -> None:
        """Kill a Celery worker that closes, or flush the broker of what it was told."""
        with worker() as running:
            with Celery(broker=os.environ["REDIS_URL"], set_as_current=False) as sender:
                sender.send_task(RESUME, queue="settlement", ignore_result=True)
            if self.dice.random() < 0.3:
                broker().flushall()
            time.sleep(self.dice.uniform(*WORKER_SECONDS))
            os.killpg(running.pid, signal.SIGKILL)


KINDS: dict[str, Callable[[Trial], None]] = {
    "a close after a part": lambda trial: trial.closing_now().kill_at_a_part(),
    "a close at random": lambda trial: trial.closing_now().kill_at_random(),
    "a close after another part": lambda trial: trial.closing_now().kill_at_a_part(),
    "a close at another instant": lambda trial: trial.closing_now().kill_at_random(),
    "a close after a third part": lambda trial: trial.closing_now().kill_at_a_part(),
    "PostgreSQL": Trial.kill_the_server,
    "a close after a fourth part": lambda trial: trial.closing_now().kill_at_a_part(),
    "a worker": Trial.kill_a_worker,
}


def broker() -> redis.Redis:
    """Return the broker."""
    return redis.Redis.from_url(os.environ["REDIS_URL"])


@contextmanager
def _program(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run Celery on the copy in use, as the application; end it if it still runs."""
    connections.close_all()
    held = connections["default"].settings_dict
    parts = urlsplit(os.environ["DATABASE_URL"])
    place = f"{parts.netloc.rsplit(':', 1)[0]}:{held['PORT']}"
    address = urlunsplit(parts._replace(netloc=place, path=f"/{held['NAME']}"))
    running = subprocess.Popen(
        [sys.executable, "-m", "celery", "--app", "config.celery", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "DATABASE_URL": address, "LOG_LEVEL": "ERROR", "SETTLE_WORKERS": "2"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield running
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def worker() -> AbstractContextManager[subprocess.Popen[bytes]]:
    """Run a worker of the closes' queue: one process leads, another helps."""
    return _program("worker", "--queues", "settlement", "--concurrency", "2")


def beat() -> AbstractContextManager[subprocess.Popen[bytes]]:
    """Run beat, which takes up closes left behind every minute."""
    return _program("beat", "--schedule", str(Path(gettempdir()) / f"kill-close-{os.getpid()}"))
