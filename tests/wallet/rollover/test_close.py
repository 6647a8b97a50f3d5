"""The month's end of own data, through the close itself."""

import uuid
from datetime import datetime, timedelta

import pytest

from ledger.models import Month, Transaction
from ledger.months.operations import begin_close, run_next_part, settle_month
from ledger.months.queries import digest_of
from ledger.operations import post
from ledger.proofs.queries import findings
from ledger.queries import amount_at
from ledger.rules import Posting, month_after, move, starts_at
from tests.carrying import attest, carriers_answer
from tests.given import MONTH, NOW, PACKAGE, a_holder, a_number, give_data
from wallet.carriers.adaptors.contract import Outcome
from wallet.carriers.models import Usage
from wallet.gift.models import Gift
from wallet.gift.operations import note_expired_gifts, send_gift
from wallet.holders.models import Holder, Notice, Number
from wallet.policy.operations import set_policy
from wallet.rollover.models import Roll
from wallet.rollover.operations.deposits import deposit_surplus, settle_deposits
from wallet.rollover.operations.late import roll_late
from wallet.rollover.operations.take_backs import settle_take_backs, take_back

pytestmark = pytest.mark.own_database  # a month closes over what was committed
SURPLUS, VOUCHER = "SURPLUS-CT-2026-11", "VOUCHER-CT-2026-12"
DECEMBER = month_after(MONTH)
CLOSES_AT = starts_at(DECEMBER) + timedelta(minutes=30)
LATE = starts_at(DECEMBER) + timedelta(days=10)


def own(holder: Holder) -> Number:
    return holder.numbers.order_by("added_at").first() or a_number(holder)


def a_saver(*, deposit: int = 500, final: bool = True, now: datetime = NOW) -> Holder:
    """Return a holder with 1,500 MB left, of which some is deposited."""
    holder = a_holder()
    attest(own(holder))
    if deposit:
        deposit_surplus(
            holder=holder,
            number=own(holder),
            package=PACKAGE,
            mb=deposit,
            key=uuid.uuid4(),
            now=now,
        )
        carriers_answer(now=now)
        settle_deposits(now=now)
    if final:
        attest(own(holder), as_of="2026-11-30", final=True)
    return holder


def close() -> None:
    settle_month(month=MONTH, now=CLOSES_AT)


def vouchers(holder: Holder) -> int:
    return amount_at(f"holder/{holder.pk}/main", VOUCHER)


def on_line(holder: Holder) -> int:
    return amount_at(f"line/{own(holder).pk}/{PACKAGE}", SURPLUS)


def assert_clean() -> None:
    ours = {"anti_loop", "take_backs", "deposited", "vouchers", "only_own_data"}
    broken = [found for found in findings() if found.name in ours and not found.is_clean]
    assert broken == []


def test_what_is_left_becomes_a_voucher_of_the_next_month() -> None:
    holder = a_saver()
    close()
    assert vouchers(holder) == 1500
    assert on_line(holder) == 0
    assert amount_at("system/rolled", SURPLUS) == 500
    roll = Roll.objects.get(holder=holder)
    assert (roll.surplus_mb, roll.remainder_mb) == (500, 1000)
    posted = Transaction.objects.get(pk=roll.pk)
    assert (posted.month, posted.at) == (MONTH, starts_at(DECEMBER) - timedelta(microseconds=1))
    assert Notice.objects.filter(holder=holder, kind="data_rolled").count() == 1
    assert_clean()


def test_the_rule_of_the_province_holds() -> None:
    for key, value in (("rollover.share_percent", 50), ("rollover.cap_mb", 600)):
        set_policy(
            key=key,
            value=value,
            scope="CT.广东",
            starts_at=NOW,
            set_by="admin/1",
            reason="a trial",
            now=NOW,
        )
    holder = a_saver(deposit=700)
    close()
    assert vouchers(holder) == 600
    assert on_line(holder) == 0
    assert amount_at("system/expired", SURPLUS) == 100
    expired = Notice.objects.get(holder=holder, kind="data_expired")
    assert expired.facts == {"mb": 100}
    assert_clean()


def test_kinds_that_do_not_roll_do_not() -> None:
    holder = a_holder()
    attest(own(holder), kind="provincial", as_of="2026-11-30", final=True)
    attest(own(holder), package="topped", kind="topup", as_of="2026-11-30", final=True)
    close()
    assert not Roll.objects.exists()


def test_overage_rolls_nothing() -> None:
    holder = a_holder()
    attest(own(holder), allowance=100, used=300, as_of="2026-11-30", final=True)
    close()
    assert vouchers(holder) == 0


def test_data_past_its_month_expires_and_what_lasts_stays() -> None:
    holder = a_holder()
    data = give_data(holder, 30)
    voucher = give_data(holder, 20, goods="VOUCHER", month=DECEMBER)
    begun = begin_close(month=MONTH, now=CLOSES_AT)
    while run_next_part(close=begun, now=CLOSES_AT):
        pass
    main = f"holder/{holder.pk}/main"
    assert amount_at(main, data) == 0
    assert amount_at(main, voucher) == 20
    assert Notice.objects.get(holder=holder).facts == {"mb": 30}


def test_data_in_a_gift_nobody_claimed_expires_and_a_gift_of_coins_stays() -> None:
    sender = a_holder(coins=9)
    data = give_data(sender, 30)
    gifts = [
        send_gift(sender=sender, asset=asset, amount=amount, key=uuid.uuid4(), now=NOW)
        for asset, amount in ((data, 30), ("COIN", 9))
    ]
    begun = begin_close(month=MONTH, now=CLOSES_AT)
    while run_next_part(close=begun, now=CLOSES_AT):
        pass
    assert [amount_at(f"gift/{gift.pk}", gift.asset) for gift in gifts] == [0, 9]
    assert amount_at("system/expired", data) == 30
    assert [
        found.name for found in findings() if found.name == "gifts" and not found.is_clean
    ] == []
    note_expired_gifts(now=CLOSES_AT)
    assert Gift.objects.get(asset=data).state == Gift.State.EXPIRED


def test_a_number_without_final_figures_waits_and_rolls_late() -> None:
    holder = a_saver(final=False)
    close()
    assert (vouchers(holder), on_line(holder)) == (0, 500)
    sealed, soon = digest_of(MONTH), CLOSES_AT + timedelta(days=1)
    assert roll_late(now=soon) == []
    attest(own(holder), as_of="2026-12-02", final=True)
    assert len(roll_late(now=soon)) == 1
    assert (vouchers(holder), on_line(holder)) == (1500, 0)
    assert roll_late(now=soon) == []
    # A correction in the current month, never an edit of the one that is closed.
    assert Transaction.objects.get(kind="late_roll").month == DECEMBER
    assert digest_of(MONTH) == sealed == bytes(Month.objects.get(pk=MONTH).digest or b"")
    assert_clean()


def test_after_the_late_days_what_was_deposited_rolls_without_a_remainder() -> None:
    holder = a_saver(final=False)
    close()
    assert roll_late(now=LATE - timedelta(seconds=1)) == []
    roll_late(now=LATE)
    roll = Roll.objects.get()
    assert (roll.surplus_mb, roll.remainder_mb, vouchers(holder)) == (500, 0, 500)
    attest(own(holder), as_of="2026-12-12", final=True)
    assert roll_late(now=LATE + timedelta(days=1)) == []
    assert_clean()


def test_a_number_that_signs_in_late_still_rolls_its_remainder() -> None:
    msisdn = "13312349999"
    attest(Number(msisdn=msisdn, carrier_id="CT"), as_of="2026-11-30", final=True)
    a_holder()
    close()
    late = CLOSES_AT + timedelta(days=3)
    holder = a_holder(msisdn=msisdn, now=late)
    roll_late(now=late)
    assert vouchers(holder) == 1500
    too_late = a_holder(now=LATE)
    attest(own(too_late), as_of="2026-11-30", final=True)
    assert roll_late(now=LATE) == []
    assert vouchers(too_late) == 0


def test_an_open_deduct_waits_and_rolls_late() -> None:
    holder = a_saver()
    deposit_surplus(
        holder=holder, number=own(holder), package=PACKAGE, mb=200, key=uuid.uuid4(), now=NOW
    )
    close()
    assert (vouchers(holder), on_line(holder)) == (0, 500)
    after = CLOSES_AT + timedelta(hours=1)
    assert roll_late(now=after) == []
    carriers_answer(now=after)
    settle_deposits(now=after)
    assert on_line(holder) == 700
    roll_late(now=after)
    roll = Roll.objects.get()
    assert (roll.surplus_mb, roll.remainder_mb, vouchers(holder)) == (700, 800, 1500)
    assert_clean()


def test_a_deduct_proved_between_midnight_and_the_close_rolls_late() -> None:
    holder = a_saver()
    deposit_surplus(
        holder=holder, number=own(holder), package=PACKAGE, mb=200, key=uuid.uuid4(), now=NOW
    )
    between = starts_at(DECEMBER) + timedelta(minutes=5)
    carriers_answer(now=between)
    settle_deposits(now=between)
    close()
    assert (vouchers(holder), on_line(holder)) == (0, 700)
    roll_late(now=CLOSES_AT)
    assert (vouchers(holder), on_line(holder)) == (1500, 0)
    assert_clean()


def test_a_restore_refused_after_the_month_rolls_late() -> None:
    holder = a_saver()
    take_back(holder=holder, number=own(holder), package=PACKAGE, mb=200, key=uuid.uuid4(), now=NOW)
    close()
    after = CLOSES_AT + timedelta(hours=1)
    carriers_answer(now=after, outcome=Outcome.FAILED, reason="expired")
    settle_take_backs(now=after)
    roll_late(now=after)
    assert (vouchers(holder), on_line(holder)) == (1500, 0)
    assert_clean()


def test_what_comes_to_a_rolled_line_expires() -> None:
    holder = a_saver()
    close()
    line = f"line/{own(holder).pk}/{PACKAGE}"
    for _ in range(2):
        legs = move(asset=SURPLUS, amount=5, source="carrier/CT/deposited", target=line)
        post(Posting(id=uuid.uuid4(), kind="correction", at=CLOSES_AT, actor="test", legs=legs))
        assert len(roll_late(now=CLOSES_AT)) == 1
        assert on_line(holder) == 0
    assert vouchers(holder) == 1500


def test_figures_read_while_a_month_closes_change_nothing() -> None:
    holder = a_saver(final=False)
    begin_close(month=MONTH, now=CLOSES_AT)
    attest(own(holder), as_of="2026-12-01", final=True)
    close()
    assert vouchers(holder) == 0
    assert not Usage.objects.filter(in_close=True).exists()
    roll_late(now=CLOSES_AT)
    assert vouchers(holder) == 1500


def test_a_close_that_is_asked_for_again_posts_nothing_more() -> None:
    holder = a_saver()
    close()
    digest = digest_of(MONTH)
    close()
    assert digest_of(MONTH) == digest
    assert vouchers(holder) == 1500


def test_a_planted_loop_is_found() -> None:
    holder = a_saver()
    Usage.objects.filter(msisdn=own(holder).msisdn).update(used_mb=2000)
    (found,) = [found for found in findings() if found.name == "anti_loop"]
    assert found.broken == 1
    assert "500 MB deposited or rolled, 48 MB attested" in found.first_broken


def test_planted_top_ups_and_unpaired_amounts_are_found() -> None:
    holder = a_saver()
    close()
    Usage.objects.filter(msisdn=own(holder).msisdn).update(kind="topup")
    Roll.objects.update(remainder_mb=999)
    holder.deposits.update(mb=501)
    broken = {found.name for found in findings() if not found.is_clean}
    assert {"only_own_data", "vouchers", "deposited"} <= broken
