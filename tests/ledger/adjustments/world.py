"""Staff of every role, and proposals between accounts of the ledger's toy worlds."""

from datetime import datetime
from uuid import UUID, uuid4

from ledger.adjustments.models import Proposal
from ledger.adjustments.operations import propose_adjustment, propose_reversal
from ledger.adjustments.rules import Person
from tests.ledger.worlds import ISSUER, coins, main_of

WHY = "A carrier delivered twice, see the case."


def a_person(*roles: str) -> Person:
    """Return somebody of the staff in these roles."""
    return Person(id=uuid4(), roles=frozenset(roles), address="192.0.2.7")


def adjuster() -> Person:
    """Return somebody who may propose."""
    return a_person("adjuster")


def approver() -> Person:
    """Return somebody who may approve."""
    return a_person("approver")


def controller() -> Person:
    """Return somebody of the higher role."""
    return a_person("controller")


def a_proposal(
    holder: UUID, amount: int = 30, *, by: Person | None = None, at: datetime
) -> Proposal:
    """Return a proposal to give a holder coins from the issuer."""
    return propose_adjustment(
        legs=coins(amount, ISSUER, main_of(holder)),
        reason=WHY,
        by=by or adjuster(),
        key=uuid4(),
        now=at,
    )


def a_reversal(*transactions: UUID, by: Person | None = None, at: datetime) -> Proposal:
    """Return a proposal to reverse transactions."""
    return propose_reversal(
        transactions=transactions, reason=WHY, by=by or adjuster(), key=uuid4(), now=at
    )
