"""Small worlds for the ledger's tests: addresses of the wallet's chart and postings between them."""

from datetime import datetime
from uuid import UUID, uuid4

from ledger.operations import post
from ledger.rules import COIN, Leg, Posting, merged, move

ISSUER = "issuer/CT"


def main_of(holder: UUID) -> str:
    """Return the address of a holder's coins."""
    return f"holder/{holder}/main"


def a_posting(
    *legs: Leg,
    at: datetime,
    kind: str = "correction",
    reverses: UUID | None = None,
    id: UUID | None = None,  # noqa: A002  the posting's own word
) -> Posting:
    """Return a posting of these legs, with an id of its own unless one is given."""
    return Posting(
        id=id or uuid4(), actor="test", kind=kind, at=at, legs=merged(legs), reverses=reverses
    )


def coins(amount: int, source: str, target: str) -> tuple[Leg, Leg]:
    """Return the legs that move coins."""
    return move(asset=COIN, amount=amount, source=source, target=target)


def a_holder_with(amount: int, *, at: datetime) -> UUID:
    """Issue coins to a new holder."""
    holder = uuid4()
    post(a_posting(*coins(amount, ISSUER, main_of(holder)), at=at))
    return holder


def a_campaign_with(amount: int, *, at: datetime) -> str:
    """Issue coins to a new campaign's budget, which is kept in stripes, and return its address."""
    budget = f"campaign/{uuid4()}/budget"
    post(a_posting(*coins(amount, ISSUER, budget), at=at))
    return budget
