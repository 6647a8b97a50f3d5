"""Parts of a page that apps bring; `config` registers them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, ParamSpec

About = ParamSpec("About")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a page: its template and what fills it."""

    template: str
    context: Mapping[str, Any]


class Sections(Generic[About]):
    """The parts of one page, each built of what the page is about."""

    def __init__(self) -> None:
        self._builders: dict[str, Callable[About, Section | None]] = {}

    def register(self, name: str, builder: Callable[About, Section | None]) -> None:
        """Add a part to the page; it returns None when it has nothing to show."""
        self._builders[name] = builder

    def built(self, *args: About.args, **kwargs: About.kwargs) -> list[Section]:
        """Return the parts that have something to show, in the order they were added."""
        found = (builder(*args, **kwargs) for builder in self._builders.values())
        return [section for section in found if section is not None]


# A closed month's page in the admin: of the month, and of a page of what may be long.
OF_MONTH: Sections[[date, int]] = Sections()
