"""Run a simulated partner in the foreground until it is told to stop."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from wallet.carriers.simulator.running import run_server
from wallet.carriers.simulator.server import CarrierServer
from wallet.carriers.simulator.state import State
from wallet.catalog.simulator.desk import ShopDesk
from wallet.catalog.simulator.options import Options
from wallet.catalog.simulator.partner import SimulatedPartner


def run(*, options: Options) -> None:
    """Serve until SIGINT or SIGTERM; the first line printed is the server's address.

    Raises:
        CannotStart: a file or the port cannot be used.
    """
    run_server(serving=serving(options=options), at=f"{options.host}:{options.port}")


@contextmanager
def serving(*, options: Options) -> Iterator[CarrierServer]:
    """Prepare a bound server over its state, and close both at the end.

    Raises:
        StateUnusable: the state file is none of this partner's.
        OSError: the port cannot be bound.
    """
    with TemporaryDirectory(prefix="partner-") as folder:
        state = State(path=options.state or Path(folder) / "state.sqlite3", carrier=options.partner)
        partner = SimulatedPartner(
            code=options.partner, state=state, faults=options.faults, sold_out=options.sold_out
        )
        try:
            with CarrierServer(
                address=(options.host, options.port),
                desk=ShopDesk(carrier=partner, faults=options.faults),
                faults=options.faults,
                clock=lambda: datetime.now(UTC),
                demo_clock=options.demo_clock,
            ) as server:
                yield server
        finally:
            state.close()
