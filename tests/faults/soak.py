"""Many conversions over bad carriers, one of them down: real workers, real servers, real time.

The carriers' own records (their state on disk) say what they applied; our books are held against
them. What they break in their statements is drawn by the reference, so it is known beforehand.
"""

import sqlite3
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from uuid import uuid4

from celery import Celery
from django.utils import timezone

from tests import given
from tests.faults.workers import a_worker, broker_url
from tests.forks import end_broker_connections
from tests.wallet.carriers.simulators import PlayedClock, a_process, planted, speaking_to
from wallet.carriers.adaptors.contract import CarrierUnavailable
from wallet.carriers.instructions.operations import give_up_unsent, report_undecided
from wallet.carriers.instructions.rules import UNDECIDED_AFTER, day_of, midnight_of
from wallet.carriers.models import Break, Carrier, Instruction
from wallet.carriers.operations import read_statements
from wallet.carriers.reconciliation.models import Reconciliation
from wallet.carriers.reconciliation.operations import reconcile_days
from wallet.carriers.simulator.faults import Faults
from wallet.convert.models import Conversion
from wallet.convert.operations import convert_coins, settle_conversions
from wallet.holders.models import Holder

CODES = ("CT", "CU", "CM", "MV")
DOWN = "CU"
COINS = 3
BREAKS = "0.02"
ANSWER_MS_MAX = 800
BAD = (
    *("--timeout-after-apply", "0.2", "--hang-ms", "1200", "--duplicate", "0.05"),
    *("--latency-ms", "20", "--statement-breaks", BREAKS),
)
#: It does not even refuse at once: each call to it lasts nearly as long as one may.
GONE = ("--down", "--latency-ms", "600")
SWEEP_SECONDS = 1.0
ORDERS_A_SECOND = 12
START_SECONDS_MAX = 120
WORKERS = {"default": 0, "carriers": 20}  # how many threads, if not one process
READS = 3


@dataclass
class Soak:
    """A world of carriers, their addresses and states, and a broker to nudge by."""

    folder: Path
    urls: dict[str, str] = field(default_factory=dict)
    holder: Holder = field(default_factory=lambda: given.a_holder(now=timezone.now()))

    def applied(self, carrier: str) -> set[str]:
        """Return the references a carrier has carried out, by its own state."""
        with closing(sqlite3.connect(self.folder / f"{carrier}.sqlite3")) as state:
            return {ref for (ref,) in state.execute("SELECT ref FROM action WHERE refusal = ''")}

    def convert(self, count: int, *, nudges: Celery) -> None:
        """Convert coins to data, one carrier after the other, as the doors do."""
        begun = time.monotonic()
        for place in range(count):
            time.sleep(max(0.0, begun + place / ORDERS_A_SECOND - time.monotonic()))
            code = CODES[place % len(CODES)]
            row = convert_coins(
                holder=self.holder,
                msisdn=given.an_msisdn(carrier=code),
                coins=COINS,
                key=uuid4(),
                now=timezone.now(),
            )
            send(nudges, "wallet.carriers.serve", queue=f"carrier.{code}", carrier=row.carrier_id)

    def wait(self, *, nudges: Celery, seconds: float, down: Sequence[str]) -> None:
        """Sweep as beat does until all that can end has ended."""
        ends_at = time.monotonic() + seconds
        waiting = Conversion.objects.filter(state="on_its_way").exclude(carrier__in=down)
        while waiting.exists() and time.monotonic() < ends_at:
            send(nudges, "wallet.carriers.serve_all", queue="default")
            send(nudges, "wallet.convert.settle", queue="default")
            time.sleep(SWEEP_SECONDS)


def send(nudges: Celery, task: str, *, queue: str, **kwargs: str) -> None:
    """Nudge the workers; what they cannot take up at once is sent again."""
    nudges.send_task(task, kwargs=kwargs, queue=queue, ignore_result=True, expires=5)


@contextmanager
def a_soak(*, database: str, folder: Path, down: Sequence[str]) -> Iterator[tuple[Soak, Celery]]:
    """Run the carriers, each a process with its faults, and the workers that serve them."""
    given.open_ledger_today()
    folder.mkdir()
    soak = Soak(folder=folder)
    with ExitStack() as running:
        for code in CODES:
            options = GONE if code in down else BAD
            state = ("--state", str(folder / f"{code}.sqlite3"))
            _, url = running.enter_context(a_process(*options, *state, carrier=code))
            soak.urls[code] = url
            Carrier.objects.filter(pk=code).update(base_url=url, answer_ms_max=ANSWER_MS_MAX)
        for queue, threads in WORKERS.items():
            running.enter_context(a_worker(database=database, queue=queue, threads=threads))
        # What still waits for answers is ended here, not by processes forked later.
        running.callback(end_broker_connections)
        nudges = running.enter_context(Celery(broker=broker_url(), set_as_current=False))
        _await_workers(nudges)
        yield soak, nudges


def _await_workers(nudges: Celery) -> None:
    ends_at = time.monotonic() + START_SECONDS_MAX
    named = [f"{queue}@" for queue in WORKERS]
    while time.monotonic() < ends_at:
        there = [name for answer in nudges.control.ping(timeout=1) or () for name in answer]
        if all(any(name.startswith(wanted) for name in there) for wanted in named):
            return
    raise AssertionError("The workers did not come up.")


def median_ms(carriers: Sequence[str]) -> dict[str, int]:
    """Return how long a carrier took to decide, from the order, at the median (ms)."""
    found = {}
    for code in carriers:
        rows = Instruction.objects.filter(carrier=code)
        took = [
            (decided - created).total_seconds() * 1000
            for created, decided in rows.values_list("created_at", "decided_at")
            if decided is not None
        ]
        found[code] = round(statistics.median(took)) if took else 0
    return found


def end_by_statements(soak: Soak, *, down: Sequence[str]) -> datetime:
    """Let two nights pass, read every statement, compare every day; return the time it is then."""
    today = day_of(timezone.now())
    clock = PlayedClock()
    clock.at = midnight_of(today + timedelta(days=2)) + timedelta(hours=3)
    for code in CODES:
        with speaking_to(url=soak.urls[code], clock=clock, carrier=code) as adaptor:
            for _ in range(1 if code in down else READS):
                with suppress(CarrierUnavailable):
                    read_statements(adaptor=adaptor, now=clock.at)
        reconcile_days(carrier=code, days=[today], now=clock.at)
    give_up_unsent(now=clock.at, limit=100_000)
    report_undecided(now=timezone.now() + UNDECIDED_AFTER)
    while settle_conversions(now=clock.at):
        pass
    return clock.at


def states(carrier: str) -> Counter[str]:
    """Return how many conversions of a carrier stand how."""
    return Counter(Conversion.objects.filter(carrier=carrier).values_list("state", flat=True))


def breaks_due(soak: Soak, *, down: Sequence[str]) -> set[tuple[str, str, str]]:
    """Return what the carriers planted: carrier, kind, reference."""
    faults = Faults(statement_breaks=Fraction(BREAKS))
    return {
        (code, kind, ref)
        for code in CODES
        if code not in down
        for kind, ref in planted(soak.applied(code), faults=faults)
    }


def breaks_found() -> set[tuple[str, str, str]]:
    """Return what the reconciliation found, but for what waits for a carrier that is down."""
    rows = Break.objects.exclude(kind=Break.Kind.UNDECIDED)
    return set(rows.values_list("carrier", "kind", "reference"))


def days_told(day: date) -> dict[str, str]:
    """Return each carrier's result of a day."""
    return dict(Reconciliation.objects.filter(day=day).values_list("carrier", "state"))
