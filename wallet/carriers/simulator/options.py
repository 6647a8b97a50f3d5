"""The simulator's command line."""

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from wallet.carriers.rules import is_carrier_code
from wallet.carriers.simulator.faults import NEVER, Faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Everything a simulated carrier is told at its start."""

    carrier: str
    host: str
    port: int
    state: Path | None
    usage: Path | None
    ported: Path | None
    prefixes: tuple[str, ...]
    demo_clock: bool
    faults: Faults


def add_options(parser: ArgumentParser) -> None:
    """Describe the options; a mistake is answered in one line."""
    parser.usage = SUPPRESS  # argparse would print all of it before the mistake
    add = parser.add_argument
    add("--carrier", required=True, type=_code, help="whose server this is: CT, CU, CM, MV, …")
    add("--prefix", action="append", default=[], help="numbers that begin so are its own as well")
    add("--usage", type=Path, help="a usage file; the carrier's own lines are loaded")
    add("--ported", type=Path, help="CSV msisdn,carrier: whose the number is now")
    add_server_options(parser)


def add_server_options(parser: ArgumentParser) -> None:
    """Describe where any simulator serves, and what it does wrong."""
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="the address to listen on")
    add("--port", required=True, type=_port, help="0 takes a free one; the first line tells it")
    add("--state", type=Path, help="the SQLite file to keep; without it, one for this run")
    add("--demo-clock", action="store_true", help="let requests bear X-Simulated-Now")
    add("--seed", type=int, default=0, help="decides every random fault")
    add("--latency-ms", type=_ms, default=0, help="wait before each answer")
    add("--processing-ms", type=_ms, default=0, help="complete this long after acknowledging")
    add("--timeout-after-apply", type=_rate, default=NEVER, help="share applied, never answered")
    add("--hang-ms", type=_ms, default=10_000, help="how long such a call hangs; then it drops")
    add("--duplicate", type=_rate, default=NEVER, help="share applied, answered 409 duplicate")
    add("--error-500", type=_rate, default=NEVER, help="share answered 500, half of it applied")
    add("--statement-breaks", type=_rate, default=NEVER, help="share listed wrongly")
    add("--down", action="store_true", help="answer everything 503")
    add("--does-not-sell", action="store_true", help="refuse everything that is sold")


def options_in(*, parsed: Namespace) -> Options:
    """Gather what was parsed."""
    return Options(
        carrier=parsed.carrier,
        host=parsed.host,
        port=parsed.port,
        state=parsed.state,
        usage=parsed.usage,
        ported=parsed.ported,
        prefixes=tuple(parsed.prefix),
        demo_clock=parsed.demo_clock,
        faults=faults_in(parsed=parsed),
    )


def faults_in(*, parsed: Namespace) -> Faults:
    """Gather what goes wrong."""
    return Faults(
        seed=parsed.seed,
        latency_ms=parsed.latency_ms,
        hang_ms=parsed.hang_ms,
        processing_ms=parsed.processing_ms,
        timeout_after_apply=parsed.timeout_after_apply,
        duplicate=parsed.duplicate,
        error_500=parsed.error_500,
        statement_breaks=parsed.statement_breaks,
        down=parsed.down,
        does_not_sell=parsed.does_not_sell,
    )


def _code(text: str) -> str:
    if not is_carrier_code(text):
        raise ArgumentTypeError(f"{text} is no carrier's code")
    return text


def _rate(text: str) -> Fraction:
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise ArgumentTypeError(f"{text} is no share") from error
    if not 0 <= rate <= 1:
        raise ArgumentTypeError(f"{text} is not between 0 and 1")
    return rate


def _ms(text: str) -> int:
    return _bounded(text=text, most=3_600_000)


def _port(text: str) -> int:
    return _bounded(text=text, most=65_535)


def _bounded(*, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) <= most):
        raise ArgumentTypeError(f"{text} is not a number from 0 to {most}")
    return int(text)
