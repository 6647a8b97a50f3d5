"""Many hands on one package, one carrier's queue, one outcome."""

from collections import Counter
from typing import cast
from uuid import uuid4

import pytest

from ledger.proofs.queries import findings
from ledger.queries import amount_at
from ledger.refusals import Refusal
from tests import given
from tests.carrying import AnsweringCarrier, attest, carriers_answer
from tests.races.threads import at_once
from wallet.carriers.adaptors.contract import Adaptor
from wallet.carriers.models import Instruction
from wallet.carriers.operations import serve_carrier
from wallet.holders.models import Holder
from wallet.rollover.models import Deposit, TakeBack
from wallet.rollover.operations.deposits import deposit_surplus, settle_deposits
from wallet.rollover.operations.take_backs import settle_take_backs, take_back

pytestmark = pytest.mark.own_database

HANDS = 20
SURPLUS = "SURPLUS-CT-2026-11"


@pytest.fixture
def holder() -> Holder:
    holder = given.a_holder()
    attest(holder.numbers.get())
    return holder


def deposit(holder: Holder, mb: int = 500) -> str:
    deposit_surplus(
        holder=holder,
        number=holder.numbers.get(),
        package=given.PACKAGE,
        mb=mb,
        key=uuid4(),
        now=given.NOW,
    )
    return "asked"


def back(holder: Holder, mb: int) -> str:
    take_back(
        holder=holder,
        number=holder.numbers.get(),
        package=given.PACKAGE,
        mb=mb,
        key=uuid4(),
        now=given.NOW,
    )
    return "asked"


def tally(ended: list[str | BaseException]) -> Counter[str]:
    return Counter(one.code if isinstance(one, Refusal) else str(one) for one in ended)


def on_line(holder: Holder) -> int:
    return amount_at(f"line/{holder.numbers.get().pk}/{given.PACKAGE}", SURPLUS)


def own_data_is_clean() -> bool:
    ours = {"anti_loop", "take_backs", "deposited", "only_own_data"}
    return all(found.is_clean for found in findings() if found.name in ours)


def test_a_package_is_never_deposited_beyond_what_is_left(holder: Holder) -> None:
    ended = at_once(lambda _: deposit(holder), threads=HANDS)
    assert tally(ended) == {"asked": 3, "more_than_left": HANDS - 3}


def test_settled_at_once_by_many_a_deposit_counts_once(holder: Holder) -> None:
    for _ in range(3):
        deposit(holder)
    carriers_answer()
    at_once(lambda _: len(settle_deposits(now=given.NOW)), threads=8)
    settle_deposits(now=given.NOW)
    assert on_line(holder) == 1500
    assert set(Deposit.objects.values_list("state", flat=True)) == {Deposit.State.DONE}
    assert own_data_is_clean()


def test_a_line_is_never_taken_back_beyond_what_lies_on_it(holder: Holder) -> None:
    deposit(holder, 1000)
    carriers_answer()
    settle_deposits(now=given.NOW)
    ended = at_once(lambda _: back(holder, 300), threads=HANDS)
    assert tally(ended) == {"asked": 3, "not_enough_data": HANDS - 3}
    carriers_answer()
    at_once(lambda _: len(settle_take_backs(now=given.NOW)), threads=8)
    settle_take_backs(now=given.NOW)
    assert on_line(holder) == 100
    assert TakeBack.objects.filter(state=TakeBack.State.DONE).count() == 3
    assert own_data_is_clean()


def test_many_workers_ask_a_carrier_about_each_instruction_once(holder: Holder) -> None:
    for _ in range(30):
        deposit(holder, 10)
    carriers = [AnsweringCarrier("CT") for _ in range(6)]

    def work(place: int) -> int:
        adaptor = cast("Adaptor", carriers[place])
        return len(serve_carrier(adaptor=adaptor, clock=lambda: given.NOW))

    assert sum(cast("list[int]", at_once(work, threads=6))) == 30
    asked = Counter(ref for carrier in carriers for ref in carrier.asked)
    assert len(asked) == 30
    assert set(asked.values()) == {1}
    assert set(Instruction.objects.values_list("attempts", flat=True)) == {1}
