"""Deposits and take-backs: moved by proof, never by hope."""

import uuid
from datetime import datetime, timedelta

import pytest

from ledger.operations import post
from ledger.queries import amount_at, entries_of_transaction
from ledger.refusals import KeyReused
from ledger.rules import COIN, Posting, month_after, move, starts_at
from tests.carrying import attest, carriers_answer
from tests.given import MONTH, NOW, PACKAGE, a_holder, a_number
from wallet.carriers.adaptors.contract import Outcome
from wallet.carriers.models import Instruction
from wallet.gift.operations import send_own_data
from wallet.holders.models import Holder, Notice, Number
from wallet.holders.operations import HolderFrozen, NotEnoughData, freeze_holder
from wallet.holders.rules import BadAmount, UnknownId
from wallet.home.queries import wallet_of
from wallet.rollover.models import Deposit, TakeBack
from wallet.rollover.operations.deposits import (
    MoreThanLeft,
    PackageNotNational,
    PackageUnknown,
    deposit_surplus,
    settle_deposits,
)
from wallet.rollover.operations.take_backs import settle_take_backs, take_back
from wallet.rollover.queries import packages_of

pytestmark = pytest.mark.django_db
SURPLUS = "SURPLUS-CT-2026-11"


@pytest.fixture
def holder() -> Holder:
    holder = a_holder()
    attest(own(holder))
    return holder


def own(holder: Holder) -> Number:
    return holder.numbers.get()


def deposit(
    holder: Holder,
    mb: int = 500,
    *,
    number: Number | None = None,
    package: str = PACKAGE,
    key: uuid.UUID | None = None,
    now: datetime = NOW,
) -> Deposit:
    return deposit_surplus(
        holder=holder,
        number=number or own(holder),
        package=package,
        mb=mb,
        key=key or uuid.uuid4(),
        now=now,
    )


def back(holder: Holder, mb: int, *, key: uuid.UUID | None = None) -> TakeBack:
    return take_back(
        holder=holder,
        number=own(holder),
        package=PACKAGE,
        mb=mb,
        key=key or uuid.uuid4(),
        now=NOW,
    )


def on_line(holder: Holder) -> int:
    return amount_at(f"line/{own(holder).pk}/{PACKAGE}", SURPLUS)


def deposited(holder: Holder, mb: int) -> Deposit:
    row = deposit(holder, mb)
    carriers_answer()
    settle_deposits(now=NOW)
    row.refresh_from_db()
    return row


def test_a_deposit_moves_nothing_until_it_is_proved(holder: Holder) -> None:
    row = deposit(holder)
    assert (row.state, on_line(holder)) == (Deposit.State.ASKED, 0)
    assert settle_deposits(now=NOW) == []
    carriers_answer()
    assert on_line(holder) == 0
    assert settle_deposits(now=NOW) == [row.pk]
    assert on_line(holder) == 500
    assert amount_at("carrier/CT/deposited", SURPLUS) == -500
    row.refresh_from_db()
    assert row.state == Deposit.State.DONE
    assert {entry.amount for entry in entries_of_transaction(row.pk)} == {500, -500}
    assert Notice.objects.get(holder=holder).kind == "deposit_done"


def test_settled_twice_it_moves_once(holder: Holder) -> None:
    deposited(holder, 500)
    assert settle_deposits(now=NOW) == []
    assert on_line(holder) == 500


def test_a_refused_deduct_moves_nothing_and_frees_the_package(holder: Holder) -> None:
    row = deposit(holder, 1500)
    with pytest.raises(MoreThanLeft):
        deposit(holder, 1)
    carriers_answer(outcome=Outcome.FAILED, reason="insufficient")
    settle_deposits(now=NOW)
    row.refresh_from_db()
    assert (row.state, on_line(holder)) == (Deposit.State.FAILED, 0)
    assert Notice.objects.get(holder=holder).facts["reason"] == "insufficient"
    assert deposit(holder, 1500).state == Deposit.State.ASKED


def test_the_same_key_asks_the_carrier_once(holder: Holder) -> None:
    key = uuid.uuid4()
    assert deposit(holder, key=key) == deposit(holder, key=key)
    assert Instruction.objects.count() == 1


@pytest.mark.parametrize("field", ["mb", "package", "number"])
def test_a_key_names_one_deposit(holder: Holder, field: str) -> None:
    key = uuid.uuid4()
    deposit(holder, key=key)
    with pytest.raises(KeyReused) as refused:
        deposit(
            holder,
            501 if field == "mb" else 500,
            package="other" if field == "package" else PACKAGE,
            number=a_number(holder) if field == "number" else None,
            key=key,
        )
    assert refused.value.fields == {"field": field}


@pytest.mark.parametrize("mb", [0, -1, 2**63])
def test_a_bad_amount_is_refused(holder: Holder, mb: int) -> None:
    with pytest.raises(BadAmount):
        deposit(holder, mb)
    with pytest.raises(BadAmount):
        back(holder, mb)


def test_more_than_is_attested_as_left_is_refused(holder: Holder) -> None:
    with pytest.raises(MoreThanLeft) as refused:
        deposit(holder, 1501)
    assert refused.value.fields == {"left_mb": 1500}
    deposited(holder, 1500)
    with pytest.raises(MoreThanLeft):
        deposit(holder, 1)


def test_what_was_taken_back_may_be_deposited_again(holder: Holder) -> None:
    deposited(holder, 1500)
    back(holder, 500)
    with pytest.raises(MoreThanLeft):
        deposit(holder, 1)
    carriers_answer()
    settle_take_backs(now=NOW)
    deposited(holder, 500)
    assert on_line(holder) == 1500


@pytest.mark.parametrize("kind", ["provincial", "night", "directed", "topup"])
def test_only_national_data_is_deposited(holder: Holder, kind: str) -> None:
    attest(own(holder), package="other", kind=kind)
    with pytest.raises(PackageNotNational):
        deposit(holder, package="other")


def test_a_package_nobody_attests_is_unknown(holder: Holder) -> None:
    with pytest.raises(PackageUnknown):
        deposit(holder, package="absent")
    with pytest.raises(PackageUnknown):
        deposit(holder, now=starts_at(month_after(MONTH)))


def test_a_strangers_number_is_unknown(holder: Holder) -> None:
    stranger = a_holder()
    attest(own(stranger))
    with pytest.raises(UnknownId):
        deposit(holder, number=own(stranger))
    with pytest.raises(UnknownId):
        take_back(
            holder=holder, number=own(stranger), package=PACKAGE, mb=1, key=uuid.uuid4(), now=NOW
        )


def test_a_frozen_holder_moves_nothing(holder: Holder) -> None:
    freeze_holder(holder=holder, now=NOW)
    with pytest.raises(HolderFrozen):
        deposit(holder)
    with pytest.raises(HolderFrozen):
        back(holder, 1)


def test_a_take_back_is_set_aside_until_it_is_proved(holder: Holder) -> None:
    deposited(holder, 500)
    row = back(holder, 200)
    assert on_line(holder) == 300
    assert amount_at(f"delivery/{row.pk}", SURPLUS) == 200
    carriers_answer()
    settle_take_backs(now=NOW)
    assert amount_at(f"delivery/{row.pk}", SURPLUS) == 0
    assert amount_at("carrier/CT/deposited", SURPLUS) == -300
    row.refresh_from_db()
    assert row.state == TakeBack.State.DONE


def test_a_refused_restore_comes_back_to_the_line(holder: Holder) -> None:
    deposited(holder, 500)
    row = back(holder, 200)
    carriers_answer(outcome=Outcome.FAILED, reason="nothing_to_restore")
    settle_take_backs(now=NOW)
    assert on_line(holder) == 500
    row.refresh_from_db()
    assert row.state == TakeBack.State.FAILED


def test_more_than_lies_on_the_line_is_not_taken_back(holder: Holder) -> None:
    deposited(holder, 500)
    with pytest.raises(NotEnoughData):
        back(holder, 501)


def test_the_same_key_takes_back_once(holder: Holder) -> None:
    deposited(holder, 500)
    key = uuid.uuid4()
    assert back(holder, 200, key=key) == back(holder, 200, key=key)
    assert on_line(holder) == 300
    with pytest.raises(KeyReused):
        back(holder, 201, key=key)


def test_packages_show_what_is_left_and_what_is_deposited(holder: Holder) -> None:
    deposited(holder, 300)
    deposit(holder, 200)
    (state,) = packages_of(holder=holder, month=MONTH)
    assert (state.deposited_mb, state.on_its_way_mb) == (300, 200)
    assert (state.left_mb, state.depositable_mb) == (1000, 1000)


def test_what_is_given_away_is_not_left_on_the_phone(holder: Holder) -> None:
    deposited(holder, 300)
    send_own_data(
        sender=holder,
        number=own(holder),
        package=PACKAGE,
        asset=SURPLUS,
        amount=100,
        greeting="",
        locked_to="",
        key=uuid.uuid4(),
        now=NOW,
    )
    (state,) = packages_of(holder=holder, month=MONTH)
    assert (state.deposited_mb, state.left_mb) == (200, 1200)


def test_home_shows_packages_as_their_own_page_does(holder: Holder) -> None:
    deposited(holder, 300)
    deposit(holder, 200)
    back(holder, 50)
    (state,) = packages_of(holder=holder, month=MONTH)
    (shown,) = wallet_of(holder, now=NOW).packages
    assert (shown.left_mb, shown.deposited_mb) == (state.left_mb, state.deposited_mb)
    assert shown.on_its_way_mb == state.on_its_way_mb
    assert (shown.left_mb, shown.deposited_mb, shown.on_its_way_mb) == (1000, 250, 200)


def test_a_batch_settles_though_the_ledger_refuses_one_of_it(holder: Holder) -> None:
    first, second = deposit(holder, 100), deposit(holder, 200)
    carriers_answer()
    # The first one's id is taken by another transaction: a fault that must not stop the second.
    deposit_id, second_id = sorted([first.pk, second.pk])
    _take_posting_id(deposit_id, holder=holder)
    assert settle_deposits(now=NOW + timedelta(seconds=1)) == [second_id]
    assert Deposit.objects.get(pk=deposit_id).state == Deposit.State.ASKED


def _take_posting_id(posting_id: uuid.UUID, *, holder: Holder) -> None:
    legs = move(asset=COIN, amount=1, source="issuer/CT", target=f"holder/{holder.pk}/main")
    post(Posting(id=posting_id, kind="correction", at=NOW, actor="test", legs=legs))
