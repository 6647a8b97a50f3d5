"""People with names, for tests."""

from datetime import datetime
from uuid import UUID, uuid4

from tests import given
from wallet.holders.models import Holder
from wallet.identity.models import IdentityCheck
from wallet.identity.operations import check_identity
from wallet.identity.verifier import SimulatedVerifier

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def an_identity(*, year: int = 1990, order: int = 1) -> str:
    """Return an identity number of somebody born in a year."""
    digits = f"110101{year}0307{order:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]


def a_check(
    holder: Holder,
    *,
    name: str = "张三",
    number: str = "",
    method: str = "real_name",
    key: UUID | None = None,
    now: datetime = given.NOW,
) -> IdentityCheck:
    """Return a check of a holder by the demo's verifier."""
    return check_identity(
        holder=holder,
        name=name,
        number=number or an_identity(),
        method=method,
        verifier=SimulatedVerifier(),
        key=key or uuid4(),
        now=now,
    )
