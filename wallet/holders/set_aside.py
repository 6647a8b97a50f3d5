"""What a holder's coins and data wait for: each family tells which of its rows hold them.

`config` registers one source per reason (`gift`, `order`, `conversion`, …), so that this folder
knows none of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from wallet.holders.models import Holder


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """An amount (coins or MB, by asset) that waits under a row of its own.

    `id` is the row's opaque id, `url` its page, `until` when it comes back by itself.
    """

    id: str
    asset: str
    amount: int
    url: str = ""
    until: datetime | None = None


Source = Callable[[Holder], Iterable[SetAside]]

Unfinished = Callable[[Holder], bool]

_sources: dict[str, Source] = {}
_unfinished: dict[str, Unfinished] = {}


def register_set_aside(reason: str, source: Source) -> None:
    """Add a reason why something of a holder is set aside."""
    _sources[reason] = source


def set_aside_of(holder: Holder) -> dict[str, list[SetAside]]:
    """Return what waits for a holder, by reason, in the order the reasons were added."""
    return {reason: list(source(holder)) for reason, source in _sources.items()}


def register_unfinished(kind: str, source: Unfinished) -> None:
    """Add something that may be under way for a holder with nothing set aside for it yet."""
    _unfinished[kind] = source


def unfinished_of(holder: Holder) -> list[str]:
    """Return the kinds of what is under way for a holder with nothing set aside for it yet."""
    return [kind for kind, source in _unfinished.items() if source(holder)]
