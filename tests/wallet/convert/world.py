"""Simulated carriers, the clock they and the wallet share, and what every story must end with."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from ledger.proofs.proofs import PROOFS as LEDGER_PROOFS
from ledger.proofs.queries import finding_of
from tests import given
from tests.wallet.carriers.simulators import PlayedClock, a_simulator, speaking_to
from wallet.carriers.adaptors.contract import CarrierUnavailable, StatementLine
from wallet.carriers.adaptors.tmf654 import Tmf654Adaptor
from wallet.carriers.instructions.rules import day_of
from wallet.carriers.models import Carrier
from wallet.carriers.operations import read_statements, serve_carrier
from wallet.convert.models import Conversion, DataDelivery
from wallet.convert.operations import (
    convert_coins,
    deliver_data,
    settle_conversions,
    settle_data_deliveries,
)
from wallet.convert.proofs import PROOFS
from wallet.holders.models import Holder

NOBODY = "http://127.0.0.1:1"
READS = 8  # of a statement that a carrier may not have at the first time of asking


@dataclass
class World:
    """Carriers that are served and whose decisions are posted, at one played time."""

    clock: PlayedClock
    adaptors: dict[str, Tmf654Adaptor] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The time being played."""
        return self.clock.at

    def serve(self, *carriers: str) -> None:
        """Ask the carriers named, or all, about what is due; post what they decided."""
        for code in carriers or self.adaptors:
            serve_carrier(adaptor=self.adaptors[code], clock=self.clock)
        self.settle()

    def settle(self) -> None:
        """Post what the carriers decided."""
        while settle_conversions(now=self.now) + settle_data_deliveries(now=self.now):
            pass

    def wait(self, **time: int) -> None:
        """Let time pass."""
        self.clock.at += timedelta(**time)

    def read_final_statements(self) -> None:
        """Let two nights pass, read every statement, and post what they prove."""
        self.wait(days=2)
        for adaptor in self.adaptors.values():
            for _ in range(READS):
                read_statements(adaptor=adaptor, now=self.now)
        self.settle()


@contextmanager
def carriers(
    *, at: datetime = given.NOW, unlike: Mapping[str, str] | None = None, **faults: Sequence[str]
) -> Iterator[World]:
    """Run a simulator for each carrier named, with its options; `unlike` gives other addresses."""
    clock = PlayedClock()
    clock.at = at
    given.open_ledger(now=at)
    world = World(clock=clock)
    with ExitStack() as running:
        for code, options in faults.items():
            url = (unlike or {}).get(code) or running.enter_context(
                a_simulator(*options, carrier=code)
            )
            Carrier.objects.filter(pk=code).update(base_url=url)
            adaptor = speaking_to(url=url, clock=clock, carrier=code)
            world.adaptors[code] = running.enter_context(adaptor)
        yield world


def reachable(*codes: str) -> None:
    """Give carriers a server that nobody asks in this test."""
    Carrier.objects.filter(pk__in=codes).update(base_url=NOBODY)


def ported_to(carrier: str, *msisdns: str, folder: Path) -> list[str]:
    """Return the options of a simulator whose numbers these were, and which knows whose they are."""
    path = folder / f"ported-to-{carrier}.csv"
    path.write_text("msisdn,carrier\n" + "".join(f"{one},{carrier}\n" for one in msisdns))
    return ["--ported", str(path)]


def convert(
    holder: Holder,
    *,
    msisdn: str = "",
    coins: int = 30,
    carrier: str = "",
    key: UUID | None = None,
    now: datetime = given.NOW,
) -> Conversion:
    """Convert coins to data on a number: this one, or a CT number nobody has."""
    return convert_coins(
        holder=holder,
        msisdn=msisdn or given.an_msisdn(),
        coins=coins,
        carrier=carrier,
        key=key or uuid4(),
        now=now,
    )


def deliver(
    holder: Holder,
    *,
    asset: str,
    mb: int = 30,
    msisdn: str = "",
    carrier: str = "",
    key: UUID | None = None,
    now: datetime = given.NOW,
) -> DataDelivery:
    """Deliver data to a number: this one, or a CT number nobody has."""
    return deliver_data(
        holder=holder,
        asset=asset,
        mb=mb,
        msisdn=msisdn or given.an_msisdn(),
        carrier=carrier,
        key=key or uuid4(),
        now=now,
    )


def broken_proofs() -> list[tuple[str, str]]:
    """Return what the ledger's and the conversions' proofs find broken: name and first case."""
    found = [finding_of(proof) for proof in (*LEDGER_PROOFS, *PROOFS)]
    return [(one.name, one.first_broken) for one in found if not one.is_clean]


def listed(world: World, *, carrier: str = "CT") -> dict[str, list[int]]:
    """Return what a carrier's statements list of today and the two days before: MB by reference."""
    lines: dict[str, list[int]] = {}
    for day in (0, 1, 2):
        for line in _lines_of(world.adaptors[carrier], day=day_of(world.now) - timedelta(days=day)):
            lines.setdefault(line.ref, []).append(line.mb)
    return lines


def _lines_of(adaptor: Tmf654Adaptor, *, day: date) -> list[StatementLine]:
    for _ in range(READS):
        with suppress(CarrierUnavailable):
            return list(adaptor.statement(day=day).lines)
    raise AssertionError("The carrier keeps its statement to itself.")
