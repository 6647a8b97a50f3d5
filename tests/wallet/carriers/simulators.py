"""Simulated carriers for tests: in a thread, or in a process that can be killed."""

import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from threading import Thread

from wallet.carriers.adaptors.channel import CallLimits
from wallet.carriers.adaptors.contract import Adaptor
from wallet.carriers.adaptors.tmf654 import Tmf654Adaptor
from wallet.carriers.simulator.faults import Faults, drawn
from wallet.carriers.simulator.options import add_options, options_in
from wallet.carriers.simulator.running import serving

NUMBER = "18900000001"
PROVINCIAL = "prov-1g"
PACKAGE = "4g-50"
MONTH = date(2026, 11, 1)
HEADER = "msisdn,carrier,province,month,package,kind,allowance_mb,used_mb,as_of,final\n"
USAGE = (
    HEADER
    + f"{NUMBER},CT,GD,2026-11,{PACKAGE},national,2048,548,2026-11-10,0\n"
    + f"{NUMBER},CT,GD,2026-11,{PROVINCIAL},provincial,1024,0,2026-11-10,0\n"
    + f"{NUMBER},CT,GD,2026-10,{PACKAGE},national,2048,0,2026-10-31,1\n"
    + f"13800000001,CM,BJ,2026-11,{PACKAGE},national,2048,0,2026-11-10,0\n"
)
NOON = datetime.fromisoformat("2026-11-12T12:00:00+08:00")
#: What the simulator breaks, in the order it draws.
PLANTED = ("not_listed", "amount_differs", "listed_twice", "unknown_reference")
#: For tests that wait for a time-out; a busy machine may make others wait longer than this.
SHORT = CallLimits(read_seconds=1, whole_seconds=2)
PATIENT = CallLimits(connect_seconds=20, read_seconds=20, whole_seconds=40)


class PlayedClock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


@contextmanager
def a_simulator(*arguments: str, carrier: str = "CT") -> Iterator[str]:
    """Serve in this process; yield the address."""
    parser = ArgumentParser()
    add_options(parser)
    wanted = ["--carrier", carrier, "--port", "0", "--demo-clock", *arguments]
    with serving(options=options_in(parsed=parser.parse_args(wanted))) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.url
        finally:
            server.stop()
            thread.join()


@contextmanager
def an_adaptor(
    *arguments: str,
    usage: Path,
    clock: PlayedClock | None = None,
    carrier: str = "CT",
    limits: CallLimits = PATIENT,
) -> Iterator[Tmf654Adaptor]:
    """Speak to a simulator of its own, at noon of a day in November 2026."""
    with (
        a_simulator("--usage", str(usage), *arguments, carrier=carrier) as url,
        speaking_to(url=url, clock=clock, carrier=carrier, limits=limits) as adaptor,
    ):
        yield adaptor


@contextmanager
def speaking_to(
    *,
    url: str,
    clock: PlayedClock | None = None,
    carrier: str = "CT",
    limits: CallLimits = PATIENT,
) -> Iterator[Tmf654Adaptor]:
    """Speak to a server and hang up at the end."""
    adaptor = Tmf654Adaptor(
        carrier=carrier, base_url=url, limits=limits, clock=clock or PlayedClock()
    )
    try:
        yield adaptor
    finally:
        adaptor.close()


def planted(references: Iterable[str], *, faults: Faults) -> set[tuple[str, str]]:
    """Return what a simulator with these faults breaks in its statements: kind and reference."""
    found = set()
    for ref in references:
        if faults.strikes(fault="statement_breaks", subject=ref, attempt=0):
            kind = PLANTED[drawn(seed=faults.seed, text=f"kind of break|{ref}") % 4]
            found.add((kind, f"stranger-{ref}" if kind == "unknown_reference" else ref))
    return found


def command(*arguments: str) -> list[str]:
    """Return the command line of a simulator in a process of its own."""
    return [sys.executable, "-m", "wallet.carriers.simulator", *arguments]


@contextmanager
def a_process(*arguments: str, carrier: str = "CT") -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve in a process; yield it and its address; kill it at the end if it still runs."""
    with subprocess.Popen(
        command("--carrier", carrier, "--port", "0", "--demo-clock", *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def left_mb(adaptor: Tmf654Adaptor, *, package: str = PACKAGE) -> int:
    """Return what is left of the number's package, by the carrier."""
    (found,) = [
        remainder.remaining_mb
        for remainder in adaptor.remainder(msisdn=NUMBER, month=MONTH)
        if remainder.package == package
    ]
    return found


def deduct(adaptor: Adaptor, *, mb: int, ref: str = "d1", package: str = PACKAGE) -> str:
    """Deduct, and return the outcome and its reason in one text."""
    answer = adaptor.deduct(ref=ref, msisdn=NUMBER, package=package, month=MONTH, mb=mb)
    return f"{answer.outcome} {answer.reason}".strip()


def submit(adaptor: Adaptor, *, ref: str = "s1", mb: int = 100, msisdn: str = NUMBER) -> str:
    """Submit, and return the outcome and its reason in one text."""
    answer = adaptor.submit(ref=ref, msisdn=msisdn, mb=mb, month=MONTH)
    return f"{answer.outcome} {answer.reason}".strip()


def status(adaptor: Adaptor, *, ref: str) -> str:
    """Ask for a status, and return the outcome and its reason in one text."""
    answer = adaptor.status(ref=ref)
    return f"{answer.outcome} {answer.reason}".strip()
