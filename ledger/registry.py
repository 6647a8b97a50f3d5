"""What apps add to the ledger: proofs, resolvers of addresses, stages of the close.

The ledger knows no domain; `config` calls these once, when Django starts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ledger.rules import Posting


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A claim about the books, proved by one SQL file or, where SQL cannot, by a function.

    Either returns one row: how many things were examined (bigint), how many are broken
    (bigint), and the first broken one in words (text, or null).
    """

    name: str
    title: str
    sql: Path | None = None
    examine: Callable[[], tuple[int, int, str | None]] | None = None

    def __post_init__(self) -> None:
        """Refuse a claim without a proof.

        Raises:
            ValueError: neither or both are given.
        """
        if (self.sql is None) == (self.examine is None):
            raise ValueError(f"{self.name} is proved by a file or by a function.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What stands behind an address: a title, facts an auditor reads, and a link if there is one."""

    title: str
    facts: Mapping[str, str]
    url: str = ""


Resolver = Callable[[str], Cause | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingMonth:
    """What every stage of a close computes from: the month, its last instant, the frozen inputs."""

    month: date
    at: datetime
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One ordered step of the close.

    `shards` names its independent parts; `plan` returns a part's postings, derived only from
    entries with month ≤ M and the frozen inputs, with ids derived from (month, stage, subject), so
    that a repeat changes nothing; `record` writes the domain rows that belong to them, in the same
    database transaction and before the postings.
    """

    name: str
    place: int
    shards: Callable[[ClosingMonth], Sequence[str]]
    plan: Callable[[ClosingMonth, str], Sequence[Posting]]
    record: Callable[[ClosingMonth, str, Sequence[Posting]], None] | None = None


Freezer = Callable[[date, datetime], Mapping[str, Any]]
Blocker = Callable[[date], str | None]

_proofs: dict[str, Proof] = {}
_resolvers: dict[str, Resolver] = {}
_stages: dict[str, Stage] = {}
_freezers: dict[str, Freezer] = {}
_blockers: dict[str, Blocker] = {}


def register_proofs(proofs: Iterable[Proof]) -> None:
    """Add proofs to those that `ledger_check` runs."""
    _proofs.update((proof.name, proof) for proof in proofs)


def register_resolver(kind: str, resolver: Resolver) -> None:
    """Tell what addresses with this first word (`gift`, `order`, …) stand for."""
    _resolvers[kind] = resolver


def register_stage(stage: Stage) -> None:
    """Add a stage to the close; stages run in the order of their places."""
    _stages[stage.name] = stage


def register_freezer(name: str, freezer: Freezer) -> None:
    """Add inputs that a close freezes when it begins: JSON values under `name`."""
    _freezers[name] = freezer


def register_blocker(name: str, blocker: Blocker) -> None:
    """Add a reason why a month may not begin to close: a sentence, or None."""
    _blockers[name] = blocker


def proofs() -> list[Proof]:
    """Return every proof, in the order they were added."""
    return list(_proofs.values())


def stages() -> list[Stage]:
    """Return the close's stages in their order."""
    return sorted(_stages.values(), key=lambda stage: (stage.place, stage.name))


def freezers() -> Mapping[str, Freezer]:
    """Return what a close freezes."""
    return dict(_freezers)


def blockers() -> Mapping[str, Blocker]:
    """Return what may stop a close from beginning."""
    return dict(_blockers)


def cause_of(address: str) -> Cause | None:
    """Return what an address stands for, if somebody registered its kind."""
    resolver = _resolvers.get(address.split("/", 1)[0])
    return resolver(address) if resolver else None
