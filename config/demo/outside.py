"""The demo's outside world: carriers, a partner, a sponsor, each a real HTTP server of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config.demo.purchases import PARTNER
from config.embedded.children import POLL_SECONDS, start_child, stop_child
from wallet.carriers.models import Carrier
from wallet.earn.models import Task
from wallet.holders.rules import opaque_id
from wallet.sponsors.models import Sponsor
from wallet.sponsors.queries import secret_of

START_SECONDS_MAX = 120
STOP_SECONDS_MAX = 5
CHECKOUT = Path(__file__).resolve().parents[2]


class OutsideDown(Exception):
    """A program of the outside world did not come up."""


@contextmanager
def carriers_running(*, folder: Path, usage: Path | None) -> Iterator[str]:
    """Run a simulated carrier for each in the table, and a partner, and point the table at them.

    Yield the partner's address: it is let into the catalog by an operation.
    """
    with ExitStack() as running:
        for carrier in Carrier.objects.order_by("code"):
            command = [
                *("-m", "wallet.carriers.simulator", "--carrier", carrier.code, "--port", "0"),
                *("--state", str(folder / f"carrier-{carrier.code}.sqlite"), "--demo-clock"),
                *(("--usage", str(usage)) if usage else ()),
                *("--seed", "7", "--error-500", "0.02"),
            ]
            port = running.enter_context(_program(command, log=folder / f"{carrier.code}.log"))
            Carrier.objects.filter(pk=carrier.pk).update(base_url=f"http://127.0.0.1:{port}")
        partner = [
            *("-m", "wallet.catalog.simulator", "--partner", PARTNER, "--port", "0"),
            *("--state", str(folder / f"partner-{PARTNER}.sqlite"), "--demo-clock"),
            *("--seed", "7", "--error-500", "0.02", "--sold-out", "umbrella"),
        ]
        port = running.enter_context(_program(partner, log=folder / f"{PARTNER}.log"))
        address = f"http://127.0.0.1:{port}"
        Carrier.parties.filter(pk=PARTNER).update(base_url=address)
        yield address


@contextmanager
def sponsor_running(*, folder: Path, wallet: str) -> Iterator[None]:
    """Run the sponsor's own program and point its tasks at it."""
    sponsor = Sponsor.objects.select_related("holder").first()
    assert sponsor is not None
    command = [
        *("-m", "config.demo.sponsor", "--port", "0", "--wallet", wallet),
        *("--sponsor", opaque_id("hld", sponsor.pk)),
    ]
    # In the environment: a secret must not show among the machine's processes.
    secret = {"SPONSOR_SECRET": secret_of(sponsor)}
    with _program(command, log=folder / "sponsor.log", more=secret) as port:
        tasks = Task.objects.filter(campaign__sponsor=sponsor.holder)
        tasks.update(url=f"http://127.0.0.1:{port}/")
        yield


@contextmanager
def _program(
    arguments: Sequence[str], *, log: Path, more: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Run a program whose first line ends with the port it took, and yield that port."""
    log.unlink(missing_ok=True)
    child = start_child(
        command=[sys.executable, *arguments],
        log=log,
        stop_signal=signal.SIGTERM,
        environment={**os.environ, **(more or {})},
        folder=CHECKOUT,
    )
    try:
        yield _port_of(child, log)
    finally:
        stop_child(child=child, stop_signal=signal.SIGTERM, seconds_max=STOP_SECONDS_MAX)


def _port_of(child: subprocess.Popen[bytes], log: Path) -> int:
    ends_at = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < ends_at and child.poll() is None:
        first, newline, _ = log.read_text().partition("\n")
        if newline:
            return int(first.rstrip("/").rpartition(":")[2])
        time.sleep(POLL_SECONDS)
    raise OutsideDown(f"{log.stem} did not start: {log.read_text().strip()}")
