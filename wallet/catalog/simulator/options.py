"""The partner simulator's command line."""

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import dataclass
from pathlib import Path

from ledger.refusals import Refusal
from wallet.carriers.simulator.faults import Faults
from wallet.carriers.simulator.options import add_server_options, faults_in
from wallet.catalog.rules import checked_code
from wallet.catalog.simulator.goods import SHELF


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Everything a simulated partner is told at its start."""

    partner: str
    host: str
    port: int
    state: Path | None
    demo_clock: bool
    sold_out: tuple[str, ...]
    faults: Faults


def add_options(parser: ArgumentParser) -> None:
    """Describe the options; a mistake is answered in one line."""
    parser.usage = SUPPRESS  # argparse would print all of it before the mistake
    add = parser.add_argument
    add("--partner", required=True, type=_code, help="whose server this is: its code")
    add(
        "--sold-out",
        action="append",
        default=[],
        choices=sorted(SHELF),
        help="a product there is none left of; may be given again",
    )
    add_server_options(parser)


def options_in(*, parsed: Namespace) -> Options:
    """Gather what was parsed."""
    return Options(
        partner=parsed.partner,
        host=parsed.host,
        port=parsed.port,
        state=parsed.state,
        demo_clock=parsed.demo_clock,
        sold_out=tuple(parsed.sold_out),
        faults=faults_in(parsed=parsed),
    )


def _code(text: str) -> str:
    try:
        return checked_code(text)
    except Refusal as error:
        raise ArgumentTypeError(error.message) from error
