"""Who acts, what a role allows, and legs as lines of text: without a database."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from ledger.rules import Leg, derived_id, merged

REASON_LENGTH_MIN = 10
ATTACHMENT_LENGTH_MAX = 20_000
ADJUSTER, APPROVER, CONTROLLER = "adjuster", "approver", "controller"
_ESCROW = re.compile(r"[a-z]+/[0-9a-f-]{36}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the staff who acts: who, in which roles, from which network address."""

    id: UUID
    roles: frozenset[str]
    address: str


def reversal_id(transaction: UUID) -> UUID:
    """Return the id of the transaction that reverses another, whoever proposes it."""
    return derived_id(transaction, "reversal")


def is_escrow(address: str) -> bool:
    """Tell whether what lies there is set aside for one row of an app, such as a gift or an order."""
    return _ESCROW.fullmatch(address) is not None


def net(postings: Iterable[Iterable[Leg]]) -> tuple[Leg, ...]:
    """Return what several postings move together, each account named once."""
    return merged(leg for legs in postings for leg in legs)
