"""What apps add to the ledger: proofs, stages of the close, and what an auditor asks about.

Of an address: what stands behind it. Of a typed text: what it names. Of somebody: at which
addresses its coins and data lie, and what of it is personal. `config` calls these once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from django.core.exceptions import ValidationError

from ledger.rules import PlannedPostings, Posting


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A claim about the books, proved by one SQL file or, where SQL cannot, by a function.

    Either returns one row: how many things were examined, how many are broken (bigint), and the
    first broken one (text, or null): one of `faults` in English, its {places} filled. A sliced
    file takes `first` and `last` and examines the transactions with ids from one to the other. A
    shared file proves several claims in one pass: it returns a row for each, led by its name.
    """

    name: str
    title: object
    sql: Path | None = None
    sliced: bool = False
    shared: bool = False
    examine: Callable[[], tuple[int, int, str | None]] | None = None
    faults: tuple[object, ...] = ()

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
Explainer = Callable[[Mapping[str, Any]], Cause | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedAction:
    """What an app carries out when a second person approved it: on what, and for which reversals."""

    subject: str
    proposal: UUID
    reversals: tuple[UUID, ...]
    actor: str
    at: datetime


Action = Callable[[ApprovedAction], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that a typed text names: the address its entries lie at, or a page of its own.

    What it is called is said by the cause of its address, unless it has a title here.
    """

    address: str = ""
    url: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """Finds what a typed text names; `is_personal` tells texts that name somebody, as a phone."""

    find: Callable[[str], Iterable[Found]]
    is_personal: Callable[[str], bool] = lambda _text: False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLink:
    """A page the admin's first page leads to: its name among the URLs, who may, how much waits."""

    title: object
    url_name: str
    permission: str
    waiting: Callable[[], int] | None = None


class Owned(Protocol):
    """Tells at which addresses one family keeps what is somebody's."""

    def __call__(self, holder: UUID, *, start: datetime, end: datetime) -> Iterable[str]:
        """Return those where something lay at some time between two instants, at least.

        One that ends with a stroke means every address that begins so.
        """


# What of a thing is personal, such as the number it was sent to; None when there is no such thing.
Personal = Callable[[UUID], Mapping[str, str] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingMonth:
    """What every stage of a close computes from: the month, its last instant, the frozen inputs."""

    month: date
    at: datetime
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One ordered step of the close; `title` says to staff what it does.

    `shards` names its independent parts; `plan` returns a part's postings, derived only from
    entries with month ≤ M and the frozen inputs, with ids derived from (month, stage, subject), so
    that a repeat changes nothing; `record` writes the domain rows that belong to them, in the same
    database transaction and before the postings. One that records nothing may plan by a query.
    """

    name: str
    place: int
    shards: Callable[[ClosingMonth], Sequence[str]]
    plan: Callable[[ClosingMonth, str], Sequence[Posting] | PlannedPostings]
    record: Callable[[ClosingMonth, str, Sequence[Posting]], None] | None = None
    title: object = ""


Freezer = Callable[[date, datetime], Mapping[str, Any]]
Blocker = Callable[[date], str | None]

_proofs: dict[str, Proof] = {}
_resolvers: dict[str, Resolver] = {}
_finders: dict[str, Finder] = {}
_owned: dict[str, Owned] = {}
_personal: dict[str, Personal] = {}
_desk_links: dict[str, DeskLink] = {}
_explainers: dict[str, Explainer] = {}
_actions: dict[str, Action] = {}
_ways_back: dict[str, object] = {}
_stages: dict[str, Stage] = {}
_freezers: dict[str, Freezer] = {}
_blockers: dict[str, Blocker] = {}


def register_proofs(proofs: Iterable[Proof]) -> None:
    """Add proofs to those that `ledger_check` runs."""
    _proofs.update((proof.name, proof) for proof in proofs)


def register_resolver(kind: str, resolver: Resolver) -> None:
    """Tell what addresses with this first word (`gift`, `order`, …) stand for."""
    _resolvers[kind] = resolver


def register_explainer(kind: str, explainer: Explainer) -> None:
    """Tell what stands behind transactions of a kind, from their metadata."""
    _explainers[kind] = explainer


def register_action(name: str, action: Action) -> None:
    """Add what a proposal may name to be carried out with its approval, before its postings.

    It runs in their database transaction: it locks and changes its app's rows, or refuses.
    """
    _actions[name] = action


def register_ways_back(ways: Mapping[str, object]) -> None:
    """Tell of kinds of transactions how each is undone, in words: no reversal of it is proposed.

    A row of an app stands behind them, which a bare reversal would leave as it was. No words say
    that it is over: only an adjustment puts it right.
    """
    _ways_back.update(ways)


def register_finder(name: str, finder: Finder) -> None:
    """Add a way to find what a typed text names."""
    _finders[name] = finder


def register_owned(name: str, owned: Owned) -> None:
    """Tell at which addresses one family keeps what is somebody's."""
    _owned[name] = owned


def register_personal(kind: str, personal: Personal) -> None:
    """Tell what is personal of the things at addresses with this first word."""
    _personal[kind] = personal


def register_desk_link(link: DeskLink) -> None:
    """Add a page to those that the admin's first page leads to."""
    _desk_links[link.url_name] = link


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
    """Return what an address stands for, if somebody registered its kind.

    A text that is no address of its kind stands for nothing.
    """
    resolver = _resolvers.get(address.split("/", 1)[0])
    try:
        return resolver(address) if resolver else None
    except (IndexError, ValidationError, ValueError):
        return None


def cause_of_transaction(*, kind: str, metadata: Mapping[str, Any]) -> Cause | None:
    """Return what stands behind a transaction as a whole, if somebody explains its kind."""
    explainer = _explainers.get(kind)
    return explainer(metadata) if explainer else None


def ways_back() -> Mapping[str, object]:
    """Return the kinds of transactions that no bare reversal undoes, and how each is undone."""
    return dict(_ways_back)


def action_named(name: str) -> Action | None:
    """Return what an app carries out under this name, if one does."""
    return _actions.get(name)


def finders() -> list[Finder]:
    """Return every way to find what a typed text names, in the order they were added."""
    return list(_finders.values())


def owned_by(holder: UUID, *, start: datetime, end: datetime) -> list[str]:
    """Return the addresses where something of somebody lay between two instants, or may have."""
    return [address for owned in _owned.values() for address in owned(holder, start=start, end=end)]


def has_personal(kind: str) -> bool:
    """Tell whether something of a kind may be personal."""
    return kind in _personal


def personal_of(kind: str, thing: UUID) -> Mapping[str, str] | None:
    """Return what of a thing is personal; None when there is no such thing."""
    personal = _personal.get(kind)
    return personal(thing) if personal else None


def desk_links() -> list[DeskLink]:
    """Return the pages the admin's first page leads to, in the order they were added."""
    return list(_desk_links.values())
