"""Remainders that a carrier attests by its adaptor, where no file brings them."""

import uuid
from datetime import date, timedelta
from typing import cast

import pytest

from tests.carrying import attest, carriers_answer
from tests.given import MONTH, NOW, PACKAGE, a_holder
from tests.wallet.rollover.test_close import CLOSES_AT, assert_clean, close, own, vouchers
from wallet.carriers.adaptors.contract import Adaptor, Remainder
from wallet.carriers.models import Break, Usage
from wallet.holders.models import Holder
from wallet.rollover.operations.deposits import deposit_surplus, settle_deposits
from wallet.rollover.operations.late import roll_late
from wallet.rollover.operations.remainders import attest_remainders

pytestmark = pytest.mark.own_database  # a month closes over what was committed


class Telling:
    """A carrier that says what is left of every number's package."""

    carrier = "CT"

    def __init__(self, remaining_mb: int) -> None:
        self.remaining_mb = remaining_mb
        self.asked: list[str] = []

    def remainder(self, *, msisdn: str, month: date) -> list[Remainder]:
        self.asked.append(msisdn)
        return [
            Remainder(
                package=PACKAGE,
                kind="national",
                month=month,
                province="广东",
                remaining_mb=self.remaining_mb,
            )
        ]


def ask(carrier: Telling) -> int:
    adaptor = cast("Adaptor", carrier)
    return attest_remainders(adaptor=adaptor, month=MONTH, now=CLOSES_AT).loaded


def deposit(holder: Holder, mb: int) -> None:
    deposit_surplus(
        holder=holder, number=own(holder), package=PACKAGE, mb=mb, key=uuid.uuid4(), now=NOW
    )


def test_what_the_carrier_says_rolls_late_and_counts_what_was_deposited() -> None:
    holder = a_holder()
    attest(own(holder))  # 1,500 MB left, so far
    deposit(holder, 500)
    carriers_answer()
    settle_deposits(now=NOW)
    close()
    assert ask(Telling(remaining_mb=900)) == 1
    row = Usage.objects.get(msisdn=own(holder).msisdn, month=MONTH)
    assert (row.allowance_mb, row.used_mb, row.final) == (2048, 648, True)
    roll_late(now=CLOSES_AT + timedelta(hours=1))
    assert vouchers(holder) == 1400
    assert_clean()


def test_a_number_nobody_knew_gets_its_first_figures() -> None:
    holder = a_holder()
    close()
    ask(Telling(remaining_mb=300))
    roll_late(now=CLOSES_AT)
    assert vouchers(holder) == 300
    assert_clean()


def test_asked_again_or_after_a_file_nothing_changes() -> None:
    holder = a_holder()
    attest(own(holder), as_of="2026-11-30", final=True)
    a_holder()
    carrier = Telling(remaining_mb=300)
    assert (ask(carrier), ask(carrier)) == (1, 0)
    assert own(holder).msisdn not in carrier.asked
    assert not Break.objects.exists()


def test_a_number_with_an_open_deduct_waits() -> None:
    holder = a_holder()
    attest(own(holder))
    deposit(holder, 500)
    carrier = Telling(remaining_mb=1_000)
    assert ask(carrier) == 0
    assert carrier.asked == []
