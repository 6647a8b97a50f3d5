"""Parts of a closed month's page that apps bring; `config` registers them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSection:
    """A part of a month's page: its template and what fills it."""

    template: str
    context: Mapping[str, Any]


# Of a month, and of a page of what may be long.
Builder = Callable[[date, int], MonthSection | None]

_builders: dict[str, Builder] = {}


def register_month_section(name: str, builder: Builder) -> None:
    """Add a part to the pages of closed months; it returns None when it has nothing to show."""
    _builders[name] = builder


def month_sections_of(month: date, *, page: int) -> list[MonthSection]:
    """Return the parts that apps bring to a closed month's page, in the order they were added."""
    built = (builder(month, page) for builder in _builders.values())
    return [section for section in built if section is not None]
