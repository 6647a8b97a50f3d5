"""N3: coin → delivered data → deposit → sale → coin prints no coins, and a planted loop is found."""

import uuid

import pytest

from ledger.proofs.queries import findings
from tests.carrying import attest, carriers_answer
from tests.given import NOW, PACKAGE, a_holder
from tests.wallet.convert.world import reachable
from wallet.carriers.models import Usage
from wallet.convert.operations import convert_coins, settle_conversions
from wallet.holders.models import Holder
from wallet.rollover.operations.deposits import (
    MoreThanLeft,
    PackageNotNational,
    deposit_surplus,
    settle_deposits,
)

pytestmark = pytest.mark.django_db


def broken() -> set[str]:
    return {found.name for found in findings() if not found.is_clean}


def deposit(holder: Holder, mb: int, *, package: str = PACKAGE) -> None:
    deposit_surplus(
        holder=holder,
        number=holder.numbers.get(),
        package=package,
        mb=mb,
        key=uuid.uuid4(),
        now=NOW,
    )
    carriers_answer()
    settle_deposits(now=NOW)


@pytest.fixture(params=["CT", "CU", "CM", "MV"])
def converter(request: pytest.FixtureRequest) -> Holder:
    """Return somebody whose coins have just arrived as 500 MB beside a package of 1,500 MB."""
    reachable(request.param)
    holder = a_holder(coins=500, carrier=request.param)
    number = holder.numbers.get()
    attest(number)
    convert_coins(holder=holder, msisdn=number.msisdn, coins=500, key=uuid.uuid4(), now=NOW)
    carriers_answer()
    settle_conversions(now=NOW)
    attest(number, package="topped", kind="topup", allowance=500, used=0)
    return holder


def test_what_was_converted_cannot_be_deposited(converter: Holder) -> None:
    with pytest.raises(PackageNotNational):
        deposit(converter, 500, package="topped")
    deposit(converter, 1500)
    with pytest.raises(MoreThanLeft):
        deposit(converter, 1)
    assert not broken() & {"anti_loop", "only_own_data"}


def test_a_planted_loop_is_found(converter: Holder) -> None:
    topped = Usage.objects.filter(package="topped")
    topped.update(kind="national")  # as if a carrier's file had called it the subscriber's own
    deposit(converter, 500, package="topped")
    topped.update(kind="topup")
    assert "only_own_data" in broken()


def test_more_deposited_than_attested_is_found(converter: Holder) -> None:
    deposit(converter, 1500)
    Usage.objects.filter(package=PACKAGE).update(used_mb=1_000)
    assert "anti_loop" in broken()
