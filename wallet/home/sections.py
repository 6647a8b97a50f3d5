"""Parts of the home page that other apps bring; `config` registers them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wallet.holders.models import Holder, User


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


MemberBuilder = Callable[[User], Section | None]

_member_builders: dict[str, MemberBuilder] = {}


def register_member_section(name: str, builder: MemberBuilder) -> None:
    """Add a part to the own page of whoever acts for organisations."""
    _member_builders[name] = builder


def member_sections_of(user: User) -> list[Section]:
    """Return the parts others bring for somebody's organisations, in the order they were added."""
    built = (builder(user) for builder in _member_builders.values())
    return [section for section in built if section is not None]
