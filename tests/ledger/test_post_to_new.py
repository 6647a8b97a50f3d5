"""A posting that opens where it posts to leaves and refuses what it would if that had been open."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from ledger.models import Account, Balance, Entry
from ledger.operations import open_months, post
from ledger.refusals import BalanceTooHigh, BalanceTooLow, Refusal
from ledger.rules import COIN, Leg, account_id, month_of, monthly_asset, move
from tests.ledger.worlds import a_holder_with, a_posting, main_of

pytestmark = pytest.mark.django_db
HELD = 10


@pytest.fixture(autouse=True)
def _months(now: datetime) -> None:
    open_months(now=now)


def _id(address: str, asset: str = COIN) -> UUID:
    return account_id(address=address, asset=asset)


def _debt_of(holder: UUID) -> str:
    return f"holder/{holder}/debt"


def _named(kind: Callable[[UUID], str], *, beside: str, is_lower: bool) -> str:
    """Return a new address whose account is held before another's, or after it."""
    while (_id(found := kind(uuid4())) < _id(beside)) != is_lower:
        pass
    return found


def _moved(giver: str, taker: str, coins: int, *, now: datetime) -> object:
    """Move coins, and return what both balances and entries are then, or the refusal's facts."""
    legs = (Leg(giver, COIN, -coins), Leg(taker, COIN, coins))
    posting = a_posting(*legs, at=now)
    try:
        with transaction.atomic():
            post(posting)
    except Refusal as refusal:
        return refusal.code, refusal.fields
    ids = [_id(giver), _id(taker)]
    return (
        [Balance.objects.filter(pk=pk).values("balance", "version").get() for pk in ids],
        [
            Entry.objects.filter(account_id=pk, transaction_id=posting.id)
            .values("amount", "version", "balance_after")
            .get()
            for pk in ids
        ],
    )


@pytest.mark.parametrize("is_lower", [True, False])
@pytest.mark.parametrize("coins", [4, 30, -4])
@pytest.mark.parametrize("kind", [main_of, _debt_of])
def test_it_is_as_if_it_had_been_open(
    now: datetime, kind: Callable[[UUID], str], coins: int, is_lower: bool
) -> None:
    giver = main_of(a_holder_with(HELD, at=now))
    taker = _named(kind, beside=giver, is_lower=is_lower)
    before = transaction.savepoint()
    opening = _moved(giver, taker, coins, now=now)
    transaction.savepoint_rollback(before)
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.ledger_open_account_v1(%s, %s, %s)", [taker, COIN, now])
    assert opening == _moved(giver, taker, coins, now=now)


@pytest.mark.parametrize("is_lower", [True, False])
def test_who_passes_its_bounds_is_named_the_first_that_is_held(
    now: datetime, is_lower: bool
) -> None:
    giver = main_of(a_holder_with(HELD, at=now))
    debt = _named(_debt_of, beside=giver, is_lower=is_lower)
    refusal: type[Refusal] = BalanceTooHigh if is_lower else BalanceTooLow
    with pytest.raises(refusal) as refused, transaction.atomic():
        post(a_posting(*move(asset=COIN, amount=30, source=giver, target=debt), at=now))
    assert refused.value.fields["address"] == (debt if is_lower else giver)
    assert not Account.objects.filter(address=debt).exists()


def test_what_is_opened_expires_as_what_it_is_posted_from(now: datetime) -> None:
    asset = monthly_asset(goods="SURPLUS", carrier="CT", month=month_of(now))
    line, order = f"line/{uuid4()}/national", f"gift/{uuid4()}"
    legs = move(asset=asset, amount=5, source="carrier/CT/deposited", target=line)
    post(a_posting(*legs, at=now))
    post(a_posting(*move(asset=asset, amount=2, source=line, target=order), at=now))
    opened = Account.objects.get(pk=_id(order, asset))
    assert (opened.expires_month, opened.opened_at) == (month_of(now), now)
    assert Balance.objects.get(pk=opened.pk).balance == 2
