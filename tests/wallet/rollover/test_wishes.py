"""Roll by itself or ask first; a word for one month; what waits for it."""

from datetime import datetime, timedelta

import pytest

from ledger.rules import month_after, starts_at
from tests.carrying import attest
from tests.given import MONTH, NOW, a_holder, a_number
from tests.wallet.rollover.test_close import (
    CLOSES_AT,
    DECEMBER,
    LATE,
    a_saver,
    assert_clean,
    close,
    on_line,
    own,
    vouchers,
)
from wallet.holders.models import Holder, Notice
from wallet.holders.rules import UnknownId
from wallet.rollover.models import RollAnswer
from wallet.rollover.operations.late import roll_late
from wallet.rollover.operations.wishes import (
    RollNotOpen,
    answer_roll,
    ask_about_rolls,
    wish_roll,
)
from wallet.rollover.queries import roll_previews, waiting_for_word

pytestmark = pytest.mark.own_database  # a month closes over what was committed


def asks(holder: Holder) -> None:
    wish_roll(holder=holder, number=own(holder), asks=True, now=NOW)


def say(holder: Holder, *, rolls: bool, now: datetime = NOW) -> RollAnswer:
    return answer_roll(holder=holder, number=own(holder), month=MONTH, rolls=rolls, now=now)


def test_who_is_asked_and_says_yes_rolls_with_the_close() -> None:
    holder = a_saver()
    asks(holder)
    say(holder, rolls=True)
    close()
    assert vouchers(holder) == 1500
    assert_clean()


def test_a_no_lets_everything_expire() -> None:
    holder = a_saver()
    say(holder, rolls=True)
    say(holder, rolls=False)
    close()
    assert (vouchers(holder), on_line(holder)) == (0, 0)
    assert_clean()


def test_without_a_word_the_close_leaves_it_and_a_late_yes_rolls_it_whole() -> None:
    holder = a_saver()
    asks(holder)
    close()
    assert (vouchers(holder), on_line(holder)) == (0, 500)
    assert roll_late(now=CLOSES_AT) == []
    assert waiting_for_word(holder=holder, month=MONTH) == {own(holder).pk}
    say(holder, rolls=True, now=CLOSES_AT + timedelta(hours=1))
    assert waiting_for_word(holder=holder, month=MONTH) == frozenset()
    roll_late(now=CLOSES_AT + timedelta(hours=2))
    assert vouchers(holder) == 1500
    assert_clean()


def test_a_late_no_lets_it_expire() -> None:
    holder = a_saver()
    asks(holder)
    close()
    say(holder, rolls=False, now=CLOSES_AT + timedelta(hours=1))
    roll_late(now=CLOSES_AT + timedelta(hours=2))
    assert (vouchers(holder), on_line(holder)) == (0, 0)
    assert_clean()


def test_never_a_word_rolls_what_was_deposited() -> None:
    holder = a_saver()
    asks(holder)
    close()
    roll_late(now=LATE)
    assert vouchers(holder) == 500
    assert_clean()


def test_a_word_comes_neither_after_the_close_took_part_nor_too_late_nor_too_early() -> None:
    rolled, waiting = a_saver(), a_saver()
    asks(waiting)
    with pytest.raises(RollNotOpen):  # ended, not closed yet
        say(rolled, rolls=False, now=starts_at(DECEMBER))
    with pytest.raises(RollNotOpen):
        answer_roll(holder=rolled, number=own(rolled), month=DECEMBER, rolls=True, now=NOW)
    close()
    with pytest.raises(RollNotOpen):
        say(rolled, rolls=False, now=CLOSES_AT)
    with pytest.raises(RollNotOpen):
        say(waiting, rolls=True, now=LATE)
    assert not RollAnswer.objects.exists()


def test_only_the_holder_wishes() -> None:
    stranger = a_number(a_holder())
    with pytest.raises(UnknownId):
        wish_roll(holder=a_holder(), number=stranger, asks=True, now=NOW)
    with pytest.raises(UnknownId):
        answer_roll(holder=a_holder(), number=stranger, month=MONTH, rolls=True, now=NOW)


def test_holders_are_asked_once_and_only_in_the_last_days() -> None:
    holder, other = a_holder(), a_holder()
    asks(holder)
    assert ask_about_rolls(now=NOW) == 0
    last_days = starts_at(month_after(MONTH)) - timedelta(days=2)
    for _ in range(2):
        assert ask_about_rolls(now=last_days) == 1
    assert Notice.objects.filter(kind="roll_asked").count() == 1
    say(holder, rolls=True, now=last_days)
    assert ask_about_rolls(now=last_days) == 0
    assert not Notice.objects.filter(holder=other).exists()


def test_the_preview_is_what_the_close_then_rolls() -> None:
    holder = a_saver(final=False)
    attest(own(holder), kind="provincial", package="local")
    asks(holder)
    found = {one.usage.package: one for one in roll_previews(holder=holder, month=MONTH, now=NOW)}
    assert found["local"].amounts.voucher_mb == 0
    assert found["national"].amounts.voucher_mb == 1500
    assert found["national"].voucher == "VOUCHER-CT-2026-12"
    assert found["national"].waits
    say(holder, rolls=True)
    attest(own(holder), as_of="2026-11-30", final=True)
    close()
    assert vouchers(holder) == 1500
