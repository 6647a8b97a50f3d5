"""Run a simulated carrier in the foreground until it is told to stop."""

import signal
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from types import FrameType

from wallet.carriers.simulator.carrier import SimulatedCarrier
from wallet.carriers.simulator.desk import Desk
from wallet.carriers.simulator.options import Options
from wallet.carriers.simulator.server import CarrierServer
from wallet.carriers.simulator.state import State, StateUnusable
from wallet.carriers.simulator.subscribers import (
    FileUnreadable,
    load_ported,
    load_usage,
)


class CannotStart(Exception):
    """What was asked for cannot be run; the sentence fits one line."""


def run(*, options: Options) -> None:
    """Serve until SIGINT or SIGTERM; the first line printed is the server's address.

    Raises:
        CannotStart: a file or the port cannot be used.
    """
    run_server(serving=serving(options=options), at=f"{options.host}:{options.port}")


def run_server(*, serving: AbstractContextManager[CarrierServer], at: str) -> None:
    """Serve what is prepared at an address until SIGINT or SIGTERM.

    Raises:
        CannotStart: a file or the port cannot be used.
    """
    try:
        with serving as server:
            sys.stdout.write(f"{server.url}\n")
            sys.stdout.flush()
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, _Stopper(server=server))
            server.serve_forever(poll_interval=0.1)
    except (FileUnreadable, StateUnusable) as error:
        raise CannotStart(str(error)) from error
    except OSError as error:
        raise CannotStart(f"{at} cannot be used: {error}") from error


@contextmanager
def serving(*, options: Options) -> Iterator[CarrierServer]:
    """Prepare a bound server over its loaded state, and close both at the end.

    Raises:
        FileUnreadable: the usage file or the ported table cannot be read.
        StateUnusable: the state file is none of this carrier's.
        OSError: the port cannot be bound.
    """
    with TemporaryDirectory(prefix="carrier-") as folder:
        state = State(path=options.state or Path(folder) / "state.sqlite3", carrier=options.carrier)
        try:
            if options.usage is not None:
                load_usage(state=state, path=options.usage, carrier=options.carrier)
            if options.ported is not None:
                load_ported(state=state, path=options.ported)
            with _server(options=options, state=state) as server:
                yield server
        finally:
            state.close()


def _server(*, options: Options, state: State) -> CarrierServer:
    carrier = SimulatedCarrier(
        code=options.carrier, state=state, faults=options.faults, prefixes=options.prefixes
    )
    return CarrierServer(
        address=(options.host, options.port),
        desk=Desk(carrier=carrier, faults=options.faults),
        faults=options.faults,
        clock=lambda: datetime.now(UTC),
        demo_clock=options.demo_clock,
    )


class _Stopper:
    def __init__(self, *, server: CarrierServer) -> None:
        self._server = server

    def __call__(self, number: int, frame: FrameType | None) -> None:
        # shutdown() waits for the loop this handler interrupts, hence another thread.
        Thread(target=self._server.stop, daemon=True).start()
