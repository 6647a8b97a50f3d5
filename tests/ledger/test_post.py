"""One posting: what it moves, what it refuses, and that a repeat changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from ledger import refusals
from ledger.models import Account, Entry, Transaction
from ledger.operations import Outcome, open_months, post
from ledger.queries import coins_in, entries_of_transaction
from ledger.rules import AMOUNT_MAX, COIN, Leg, Posting, account_id, derived_id, month_of, move
from tests.ledger.worlds import ISSUER, a_holder_with, a_posting, coins, main_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _months(now: datetime) -> None:
    open_months(now=now)


def test_posting_moves_coins(now: datetime) -> None:
    giver, taker = a_holder_with(100, at=now), uuid4()
    assert post(a_posting(*coins(30, main_of(giver), main_of(taker)), at=now)) is Outcome.POSTED
    assert (coins_in(main_of(giver)), coins_in(main_of(taker))) == (70, 30)


def test_account_id_is_the_databases_own(now: datetime) -> None:
    holder = a_holder_with(1, at=now)
    account = Account.objects.get(address=main_of(holder))
    assert account.pk == account_id(address=main_of(holder), asset=COIN)


def test_entries_bear_version_and_balance_after(now: datetime) -> None:
    holder = a_holder_with(100, at=now)
    out = a_posting(*coins(30, main_of(holder), ISSUER), at=now)
    post(out)
    kept, untracked = sorted(entries_of_transaction(out.id), key=lambda entry: entry.amount)
    assert (kept.version, kept.balance_after) == (2, 70)
    assert (untracked.version, untracked.balance_after) == (None, None)


@pytest.mark.parametrize("is_first", [True, False])
def test_account_is_opened_for_what_comes_to_it(now: datetime, is_first: bool) -> None:
    """Whichever of the two is first in the order in which balances are held."""
    pair = (uuid4(), uuid4())
    low, high = sorted(pair, key=lambda one: account_id(address=main_of(one), asset=COIN))
    giver, taker = (high, low) if is_first else (low, high)
    post(a_posting(*coins(100, ISSUER, main_of(giver)), at=now))
    gift = a_posting(*coins(30, main_of(giver), main_of(taker)), at=now)
    assert [post(gift), post(gift)] == [Outcome.POSTED, Outcome.REPEATED]
    entries = sorted(entries_of_transaction(gift.id), key=lambda entry: entry.amount)
    assert [(one.amount, one.version, one.balance_after) for one in entries] == [
        (-30, 2, 70),
        (30, 1, 30),
    ]
    opened = Account.objects.get(address=main_of(taker))
    assert (opened.kind_id, opened.tracked, opened.opened_at) == ("holder main", True, now)
    with pytest.raises(refusals.BalanceTooLow):
        post(a_posting(*coins(30, f"gift/{uuid4()}", main_of(giver)), at=now))


def test_same_key_moves_coins_once(now: datetime) -> None:
    giver, taker = a_holder_with(100, at=now), uuid4()
    gift = a_posting(*coins(30, main_of(giver), main_of(taker)), at=now)
    post(gift)
    # After midnight, by another process, with the legs the other way round.
    again = replace(gift, at=now + timedelta(days=1), legs=gift.legs[::-1], actor="other")
    assert post(again) is Outcome.REPEATED
    assert coins_in(main_of(taker)) == 30
    assert Entry.objects.filter(transaction_id=gift.id).count() == 2


OTHER_CONTENT: dict[str, Callable[[Posting], Posting]] = {
    "kind": lambda first: replace(first, kind="gift_send"),
    "legs": lambda first: replace(
        first, legs=tuple(Leg(leg.address, leg.asset, leg.amount * 2) for leg in first.legs)
    ),
    "metadata": lambda first: replace(first, metadata={"gift": "1"}),
    "reverses": lambda first: replace(first, reverses=uuid4()),
}


@pytest.mark.parametrize("field", OTHER_CONTENT)
def test_same_key_other_content_is_refused_naming_the_field(now: datetime, field: str) -> None:
    giver = a_holder_with(100, at=now)
    first = a_posting(*coins(30, main_of(giver), ISSUER), at=now)
    post(first)
    with pytest.raises(refusals.KeyReused) as refused:
        post(OTHER_CONTENT[field](first))
    assert refused.value.fields["field"] == field


@pytest.mark.parametrize(
    "legs",
    [
        (),
        (Leg("issuer/CT", COIN, 0), Leg("issuer/CU", COIN, 0)),
        (Leg("issuer/CT", COIN, -1),),
        (Leg("issuer/CT", COIN, -1), Leg("issuer/CU", COIN, 2)),
        (Leg("issuer/CT", COIN, -1), Leg("issuer/CU", "DATA-CT-2026-11", 1)),
        (Leg("issuer/CT", COIN, -2), Leg("issuer/CT", COIN, 1), Leg("issuer/CU", COIN, 1)),
    ],
)
def test_legs_that_are_no_posting_are_refused(now: datetime, legs: tuple[Leg, ...]) -> None:
    with pytest.raises(refusals.InvalidPosting):
        post(replace(a_posting(at=now), legs=legs))


def test_floor_holds(now: datetime) -> None:
    holder = a_holder_with(100, at=now)
    with pytest.raises(refusals.BalanceTooLow) as refused:
        post(a_posting(*coins(101, main_of(holder), ISSUER), at=now))
    assert refused.value.fields["balance"] == 100


def test_debt_has_a_ceiling_of_zero(now: datetime) -> None:
    holder = uuid4()
    debt = f"holder/{holder}/debt"
    post(a_posting(*coins(5, debt, ISSUER), at=now))
    with pytest.raises(refusals.BalanceTooHigh):
        post(a_posting(*coins(6, ISSUER, debt), at=now))


@pytest.mark.parametrize(
    "address", ["nowhere", "holder/1/main", "gift/x", f"holder/{uuid4()}/purse"]
)
def test_unknown_address_is_refused(now: datetime, address: str) -> None:
    with pytest.raises(refusals.UnknownAddress):
        post(a_posting(*coins(1, ISSUER, address), at=now))


@pytest.mark.parametrize(
    "asset", ["GOLD", "DATA-CT", "DATA-CT-2026-13", "coin", "SURPLUS--2026-11"]
)
def test_unknown_asset_is_refused(now: datetime, asset: str) -> None:
    with pytest.raises(refusals.UnknownAddress):
        post(a_posting(*move(asset=asset, amount=1, source=ISSUER, target="issuer/CU"), at=now))


def test_no_person_holds_money(now: datetime) -> None:
    with pytest.raises(refusals.UnknownAddress):
        post(
            a_posting(*move(asset="CNY", amount=1, source=ISSUER, target=main_of(uuid4())), at=now)
        )


def test_unknown_kind_is_refused(now: datetime) -> None:
    with pytest.raises(refusals.UnknownKind):
        post(a_posting(*coins(1, ISSUER, main_of(uuid4())), at=now, kind="invention"))


def test_unopened_month_is_refused(now: datetime) -> None:
    with pytest.raises(refusals.MonthNotOpen):
        post(a_posting(*coins(1, ISSUER, main_of(uuid4())), at=now.replace(year=2031)))


def test_close_kind_is_refused_while_the_month_is_open(now: datetime) -> None:
    with pytest.raises(refusals.MonthClosed):
        post(a_posting(*coins(1, ISSUER, main_of(uuid4())), at=now, kind="roll"))


def test_asset_past_its_month_is_refused(now: datetime) -> None:
    old = "DATA-CT-2026-10"
    legs = move(asset=old, amount=1, source="system/sold", target=main_of(uuid4()))
    with pytest.raises(refusals.AssetExpired):
        post(a_posting(*legs, at=now, kind="gift_claim"))


def test_outcome_of_a_delivery_may_move_what_is_past(now: datetime) -> None:
    legs = move(asset="DATA-CT-2026-10", amount=1, source="system/sold", target=main_of(uuid4()))
    assert post(a_posting(*legs, at=now, kind="data_delivery_failed")) is Outcome.POSTED


def test_huge_amounts_are_refused(now: datetime) -> None:
    holder = a_holder_with(1, at=now)
    with pytest.raises(refusals.AmountOutOfRange):
        post(a_posting(*coins(AMOUNT_MAX + 1, ISSUER, main_of(holder)), at=now))


def test_balance_past_64_bits_is_refused(now: datetime) -> None:
    holder = a_holder_with(1, at=now)
    with pytest.raises(refusals.AmountOutOfRange):
        post(a_posting(*coins(AMOUNT_MAX, ISSUER, main_of(holder)), at=now))


def test_reversal_happens_once(now: datetime) -> None:
    holder = a_holder_with(10, at=now)
    out = a_posting(*coins(4, main_of(holder), ISSUER), at=now)
    post(out)
    back = coins(4, ISSUER, main_of(holder))
    post(a_posting(*back, at=now, reverses=out.id, id=derived_id(out.id, "reversal")))
    assert coins_in(main_of(holder)) == 10
    with pytest.raises(refusals.AlreadyReversed):
        post(a_posting(*back, at=now, reverses=out.id))


def test_reversal_of_nothing_is_refused(now: datetime) -> None:
    with pytest.raises(refusals.UnknownTransaction):
        post(a_posting(*coins(1, ISSUER, main_of(uuid4())), at=now, reverses=uuid4()))


def test_month_of_a_posting_is_that_of_its_instant(now: datetime) -> None:
    posting = a_posting(*coins(1, ISSUER, main_of(uuid4())), at=now)
    post(posting)
    assert Transaction.objects.get(pk=posting.id).month == month_of(now) == date(2026, 11, 1)
