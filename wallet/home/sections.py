"""Parts of the home page that other apps bring; `config` registers them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wallet.holders.models import Holder


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the home page: its template and what fills it."""

    template: str
    context: Mapping[str, Any]


Builder = Callable[[Holder, datetime], Section | None]

_builders: dict[str, Builder] = {}


def register_section(name: str, builder: Builder) -> None:
    """Add a part to the home page; it returns None when it has nothing to show."""
    _builders[name] = builder


def sections_of(holder: Holder, now: datetime) -> list[Section]:
    """Return the parts others bring for a holder, in the order they were added."""
    built = (builder(holder, now) for builder in _builders.values())
    return [section for section in built if section is not None]
