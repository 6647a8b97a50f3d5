"""Rounds of posting, killing and judging, until every client has posted its plan."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from random import Random

from config.embedded.postgres import Postgres
from ledger.operations import open_months, post_batch
from tests.faults.killing import server as servers
from tests.faults.killing.client import LOST_THE_SERVER, acknowledged, posted_now, run_client
from tests.faults.killing.judge import Client, judged, judged_at_the_end, look_at
from tests.faults.killing.plan import AT, call_of, funding

BEFORE_THE_KILL_SECONDS = (0.05, 1.2)
AFTER_CLIENTS_SECONDS = 0.3
CALLS_AFTER_THE_LAST_KILL = 10
KINDS: dict[str, Callable[[Postgres, Random], None] | None] = {
    "the postmaster": servers.kill_postmaster,
    "a client's backend": servers.kill_backend,
    "one client": None,
    "the whole server": servers.kill_server,
    "any server process": servers.kill_any_process,
    "every client": None,
}


@dataclass(slots=True, kw_only=True)
class Trial:
    """A server, its clients, and what was found so far."""

    server: Postgres
    seed: int
    dice: Random
    clients: int
    looked_at: Counter[int] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        """Give the holders their funds."""
        open_months(now=AT)
        post_batch(funding())
        look_at(self.server)

    def kill_once(self, *, kind: str) -> None:
        """Let the clients post, kill something at a random instant, and judge what is left."""
        running = self._start_clients(goal=None)
        servers.await_clients(self.server, count=self.clients)
        time.sleep(self.dice.uniform(*BEFORE_THE_KILL_SECONDS))
        kill = KINDS[kind]
        if kill:
            kill(self.server, self.dice)
        else:
            self._kill_clients(running, count=1 if kind == "one client" else self.clients)
        _join(running, expected={0, LOST_THE_SERVER, -signal.SIGKILL})
        self.found[f"kills of {kind}"] += 1
        servers.bring_back(self.server)
        self._judge()

    def end(self) -> None:
        """Let every client finish the same number of calls, and judge the whole."""
        goal = max(map(self._acknowledged, range(self.clients))) + CALLS_AFTER_THE_LAST_KILL
        _join(self._start_clients(goal=goal), expected={0})
        self._judge()
        for client in range(self.clients):
            for number in range(goal - CALLS_AFTER_THE_LAST_KILL, goal):
                again = call_of(seed=self.seed, client=client, number=number)
                assert not posted_now(again), f"Call {number} of client {client} moved twice."
        postings, entries = judged_at_the_end(clients=self.clients, seed=self.seed, goal=goal)
        self.found["postings at the end"] = postings
        self.found["entries at the end"] = entries

    def _log_of(self, client: int) -> Path:
        return self.server.home / f"acknowledged-{client}.log"

    def _acknowledged(self, client: int) -> int:
        return acknowledged(log=self._log_of(client))

    def _start_clients(self, *, goal: int | None) -> list[ForkProcess]:
        # A fork begins with Django set up: no time of a round is lost.
        fork = get_context("fork")
        started = []
        for client in range(self.clients):
            facts = {"client": client, "seed": self.seed, "log": self._log_of(client), "goal": goal}
            started.append(fork.Process(target=run_client, kwargs=facts))
            started[-1].start()
        return started

    def _kill_clients(self, running: list[ForkProcess], *, count: int) -> None:
        for process in self.dice.sample(running, count):
            process.kill()
        time.sleep(AFTER_CLIENTS_SECONDS)
        for process in running:
            process.terminate()

    def _judge(self) -> None:
        look_at(self.server)
        clients = [
            Client(place, self._acknowledged(place), self.looked_at[place])
            for place in range(self.clients)
        ]
        verdict = judged(clients=clients, seed=self.seed)
        self.looked_at.update(
            {client.place: client.acknowledged - client.looked_at for client in clients}
        )
        self.found["calls acknowledged"] += verdict.acknowledged
        self.found["calls in doubt, and there"] += verdict.doubtful_there
        self.found["calls in doubt, and not there"] += verdict.doubtful_gone
        look_at(self.server)  # closes: a fork must inherit no connection


def _join(running: Iterable[ForkProcess], *, expected: set[int]) -> None:
    for process in running:
        process.join(servers.WAIT_SECONDS_MAX)
        assert process.exitcode in expected, f"A client ended with {process.exitcode}."
