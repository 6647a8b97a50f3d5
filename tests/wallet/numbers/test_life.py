"""Numbers are proved, ported, released; another signs in."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from ledger.queries import amount_at, holdings_under
from tests import given
from tests.given_numbers import a_code, a_proved_number, assert_proofs_hold, who_signs_in
from tests.given_own_data import a_policy
from wallet.holders.models import Holder, Number, NumberEvent, User
from wallet.holders.operations import (
    HolderFrozen,
    NumberQuarantined,
    NumberTaken,
    add_number,
    freeze_holder,
)
from wallet.holders.queries import line_of, main_of, numbers_of, user_with_phone
from wallet.holders.rules import UnknownId
from wallet.numbers.operations import (
    LoginNumber,
    NoSuchCarrier,
    NumberCodeGone,
    NumberCodeWrong,
    TooManyCodes,
    TooManyNumbers,
    add_proved_number,
    ask_number_code,
    change_login,
    keep_what_came_back,
    port_number,
    release_number,
)
from wallet.numbers.queries import digits_of, history_of
from wallet.numbers.rules import TRIES_MAX, VALID_FOR

pytestmark = pytest.mark.django_db

NOW = given.NOW
SURPLUS = "SURPLUS-CT-2026-11"
DATA = "DATA-CT-2026-11"


def test_a_code_that_comes_back_adds_the_number_once() -> None:
    holder = given.a_holder()
    code = a_code(holder)
    first, again = (
        add_proved_number(holder=holder, code=code, typed=f" {digits_of(code)} ", now=NOW)
        for _ in range(2)
    )
    assert first == again
    assert first in numbers_of(holder)
    assert [event.kind for event in history_of(holder)] == ["added", "added"]


def test_the_same_key_asks_for_one_code() -> None:
    holder, key = given.a_holder(), uuid4()
    first = ask_number_code(holder=holder, msisdn="13300001111", key=key, now=NOW)
    assert ask_number_code(holder=holder, msisdn="13300001111", key=key, now=NOW) == first
    with pytest.raises(Exception, match="another number"):
        ask_number_code(holder=holder, msisdn="13300002222", key=key, now=NOW)


def test_a_wrong_code_counts_and_a_few_end_it() -> None:
    holder = given.a_holder()
    code = a_code(holder)
    wrong = "0" * 6 if digits_of(code) != "0" * 6 else "1" * 6
    for left in reversed(range(TRIES_MAX)):
        with pytest.raises(NumberCodeWrong) as refused:
            add_proved_number(holder=holder, code=code, typed=wrong, now=NOW)
        assert refused.value.fields["left"] == left
    with pytest.raises(NumberCodeGone):
        add_proved_number(holder=holder, code=code, typed=digits_of(code), now=NOW)


def test_a_code_lasts_five_minutes_and_is_its_holders() -> None:
    holder = given.a_holder()
    code = a_code(holder)
    with pytest.raises(UnknownId):
        add_proved_number(holder=given.a_holder(), code=code, typed=digits_of(code), now=NOW)
    with pytest.raises(NumberCodeGone):
        add_proved_number(holder=holder, code=code, typed=digits_of(code), now=NOW + VALID_FOR)


@pytest.mark.parametrize("most", [2, 5])
def test_codes_an_hour_are_limited(most: int) -> None:
    a_policy("number.codes_per_hour_max", most)
    holder = given.a_holder()
    for _ in range(most):
        a_code(holder)
    with pytest.raises(TooManyCodes):
        a_code(holder)
    a_code(holder, now=NOW + timedelta(hours=1))


@pytest.mark.parametrize("most", [1, 2])
def test_numbers_of_a_wallet_are_limited(most: int) -> None:
    a_policy("number.count_max", most)
    holder = given.a_holder()
    for _ in range(most - 1):
        a_proved_number(holder)
    with pytest.raises(TooManyNumbers):
        a_proved_number(holder)


def test_anothers_number_is_not_added_whoever_holds_the_phone() -> None:
    theirs = given.a_holder().numbers.get()
    with pytest.raises(NumberTaken):
        a_proved_number(given.a_holder(), msisdn=theirs.msisdn)


def test_a_ported_number_keeps_its_history() -> None:
    holder = given.a_holder(carrier="CT")
    number = holder.numbers.get()
    given.a_carrier("CU")
    for _ in range(2):
        port_number(holder=holder, number=number, carrier="CU", now=NOW)
    number.refresh_from_db()
    assert (number.carrier_id, number.quality) == ("CU", "user")
    last = history_of(holder)[0]
    assert (last.kind, last.facts["before"], last.facts["after"]) == ("ported", "CT", "CU")
    assert history_of(holder).count() == 2
    with pytest.raises(NoSuchCarrier):
        port_number(holder=holder, number=number, carrier="XX", now=NOW)
    with pytest.raises(UnknownId):
        port_number(holder=given.a_holder(), number=number, carrier="CU", now=NOW)


def test_another_number_signs_in() -> None:
    holder = given.a_holder()
    first, second = holder.numbers.get(), a_proved_number(holder)
    stale = User.objects.create_user(f"+86{second.msisdn}")
    change_login(holder=holder, number=second, now=NOW)
    assert holder.user is not None
    holder.user.refresh_from_db()
    assert holder.user.phone == f"+86{second.msisdn}"
    assert not User.objects.filter(pk=stale.pk).exists()
    with pytest.raises(LoginNumber):
        release_number(holder=holder, number=second, now=NOW)
    release_number(holder=holder, number=first, now=NOW)
    assert [event.kind for event in history_of(holder)][:2] == ["released", "login"]


def test_a_colleagues_login_is_not_taken() -> None:
    holder = given.a_holder()
    second = a_proved_number(holder)
    User.objects.create_user(f"+86{second.msisdn}", is_staff=True)
    with pytest.raises(NumberTaken):
        change_login(holder=holder, number=second, now=NOW)


@pytest.mark.parametrize("days", [30, 3])
def test_a_released_number_waits_before_another_has_it(days: int) -> None:
    a_policy("number.quarantine_days", days)
    holder, other = given.a_holder(), given.a_holder()
    number = a_proved_number(holder)
    release_number(holder=holder, number=number, now=NOW)
    assert user_with_phone(f"+86{number.msisdn}") is None
    free_at = NOW + timedelta(days=days)
    with pytest.raises(NumberQuarantined):
        _add(other, number, now=free_at - timedelta(seconds=1))
    taken = _add(other, number, now=free_at)
    assert taken.pk != number.pk
    assert taken.recycled_at == free_at


def test_its_former_holder_has_it_back_at_once() -> None:
    holder = given.a_holder()
    number = a_proved_number(holder)
    release_number(holder=holder, number=number, now=NOW)
    back = _add(holder, number, now=NOW)
    assert (back.pk, back.released_at, back.doubted_at) == (number.pk, None, None)


def test_own_data_of_a_released_number_stays_its_holders_as_data() -> None:
    holder = given.a_holder(coins=10)
    number = a_proved_number(holder)
    given.give_surplus(number, 300)
    release_number(holder=holder, number=number, now=NOW)
    assert holdings_under(line_of(number=number, package="")) == []
    assert amount_at(main_of(holder), DATA) == 300
    # What was under way comes back to the line later, and follows it.
    given.give_surplus(number, 50)
    assert keep_what_came_back(now=NOW) == [number.pk]
    assert keep_what_came_back(now=NOW) == []
    assert amount_at(main_of(holder), DATA) == 350
    assert_proofs_hold()


def test_what_is_past_its_month_expires_with_the_number() -> None:
    holder = given.a_holder()
    number = a_proved_number(holder)
    given.give_surplus(number, 300)
    december = datetime(2026, 12, 2, tzinfo=NOW.tzinfo)
    release_number(holder=holder, number=number, now=december)
    assert amount_at(main_of(holder), DATA) == 0
    assert amount_at("system/expired", SURPLUS) == 300


def test_a_frozen_holder_neither_adds_nor_releases() -> None:
    holder = given.a_holder()
    number, code = a_proved_number(holder), a_code(holder)
    freeze_holder(holder=holder, now=NOW)
    with pytest.raises(HolderFrozen):
        a_code(holder)
    with pytest.raises(HolderFrozen):
        add_proved_number(holder=holder, code=code, typed=digits_of(code), now=NOW)
    with pytest.raises(HolderFrozen):
        release_number(holder=holder, number=number, now=NOW)
    with pytest.raises(HolderFrozen):
        change_login(holder=holder, number=number, now=NOW)


def test_a_number_has_one_holder_also_in_the_database() -> None:
    number = given.a_holder().numbers.get()
    signs_in = who_signs_in("13900007777")
    assert NumberEvent.objects.filter(holder=signs_in, kind="added").count() == 1
    with pytest.raises(Exception, match="number_held_once"):
        Number.objects.filter(holder=signs_in).update(msisdn=number.msisdn)


def _add(holder: Holder, number: Number, *, now: datetime) -> Number:
    return add_number(holder=holder, msisdn=number.msisdn, carrier=number.carrier_id, now=now)
