"""Who lost every number gets a login again: one colleague proposes, another approves."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from ledger.queries import amount_at
from ledger.refusals import KeyReused, Refusal
from tests import given
from tests.given_logins import a_proposed_login, a_proved_login
from tests.given_numbers import a_proved_number, assert_proofs_hold
from wallet.holders.models import Holder, HolderEvent, Notice, NumberEvent, User
from wallet.holders.operations import (
    HolderClosed,
    HolderFrozen,
    NumberQuarantined,
    NumberTaken,
    ReasonMissing,
    freeze_holder,
)
from wallet.holders.queries import main_of, numbers_of, user_with_phone
from wallet.numbers.models import LoginChange
from wallet.numbers.operations import (
    LoginChangeDecided,
    LoginChangeExpired,
    LoginChangeOfAnother,
    LoginNotProved,
    NotAPersonsLogin,
    NumberCodeWrong,
    OwnLoginChange,
    approve_login,
    decline_login,
    keep_what_came_back,
    propose_login,
    prove_login,
    recycle_number,
    release_number,
    withdraw_login,
)
from wallet.numbers.queries import digits_of, login_state_of, logins_waiting

pytestmark = pytest.mark.django_db
NOW = given.NOW
LATER = NOW + timedelta(days=3)


def lost() -> Holder:
    """Return somebody whose only number went to somebody else."""
    holder = given.a_holder(coins=300)
    recycle_number(number=holder.numbers.get(), by="admin/x", reason="二次放号", now=NOW)
    return Holder.objects.get(pk=holder.pk)


def user_of(holder: Holder) -> User:
    """Return the person as it is now."""
    return User.objects.get(holder=holder)


def test_a_lost_login_comes_back_by_two_persons() -> None:
    holder = lost()
    assert user_of(holder).phone.startswith("lost-")
    one, other, new = given.a_user(), given.a_user(), given.an_msisdn()
    change = a_proved_login(holder, msisdn=new, by=one)
    assert user_of(holder).phone.startswith("lost-")
    assert (login_state_of(change, now=NOW), logins_waiting(now=NOW)) == ("waiting", 1)
    for _ in range(2):
        approved = approve_login(change=change, by=other, now=NOW)
        assert approved.decided_by == other
    assert (user_of(holder).phone, user_of(holder).phone_verified_at) == (f"+86{new}", NOW)
    assert user_with_phone(f"+86{new}") == holder.user
    assert [number.msisdn for number in numbers_of(holder)] == [new]
    assert logins_waiting(now=NOW) == 0
    notice = Notice.objects.get(holder=holder, kind="number_login_given")
    assert notice.facts == {"number": f"{new[:3]}****{new[-4:]}"}
    (line,) = NumberEvent.objects.filter(holder=holder, kind="login")
    assert (line.by, line.facts["proposed_by"]) == (f"admin/{other.pk}", f"admin/{one.pk}")
    assert line.facts["reason"] == change.reason


def test_who_lost_the_phone_is_signed_out_and_its_numbers_leave() -> None:
    holder = given.a_holder()
    given.give_surplus(holder.numbers.get(), 200)
    numbers = [holder.numbers.get(), a_proved_number(holder)]
    client = given.client_of(holder)
    assert client.get("/api/v1/me").status_code == 200
    approve_login(change=a_proved_login(holder), by=given.a_user(), now=NOW)
    assert client.get("/api/v1/me").status_code in {401, 403}
    for number in numbers:
        number.refresh_from_db()
        assert (number.holder, number.former) == (None, holder)
        assert user_with_phone(f"+86{number.msisdn}") is None
    keep_what_came_back(now=NOW)
    assert amount_at(main_of(holder), "DATA-CT-2026-11") == 200
    assert_proofs_hold()


def test_a_number_that_is_the_holders_already_signs_in_alone() -> None:
    holder = given.a_holder()
    first, second = holder.numbers.get(), a_proved_number(holder)
    approve_login(change=a_proved_login(holder, msisdn=second.msisdn), by=given.a_user(), now=NOW)
    assert list(numbers_of(holder)) == [second]
    first.refresh_from_db()
    assert first.former == holder
    assert user_of(holder).phone == f"+86{second.msisdn}"


def test_the_proposer_does_not_decide() -> None:
    change = a_proved_login(lost())
    for decide in (approve_login, decline_login):
        with pytest.raises(OwnLoginChange):
            decide(change=change, by=change.proposed_by, now=NOW)
    change.refresh_from_db()
    assert change.outcome == ""


@pytest.mark.parametrize("outcome", ["approved", "declined"])
def test_the_database_wants_two_persons(outcome: str) -> None:
    change = a_proved_login(lost())
    rows = LoginChange.objects.filter(pk=change.pk)
    with pytest.raises(IntegrityError, match="login_change_takes_two"), transaction.atomic():
        rows.update(outcome=outcome, decided_by=change.proposed_by, decided_at=NOW)
    with pytest.raises(DatabaseError, match="append"), transaction.atomic():
        rows.update(proposed_by=given.a_user())
    with pytest.raises(DatabaseError, match="append"), transaction.atomic():
        rows.delete()
    decline_login(change=change, by=given.a_user(), now=NOW)
    with pytest.raises(DatabaseError, match="append"), transaction.atomic():
        rows.update(outcome="approved")


def test_the_database_wants_the_code_before() -> None:
    change = a_proposed_login(lost())
    with pytest.raises(IntegrityError, match="login_change_proved_before"), transaction.atomic():
        LoginChange.objects.filter(pk=change.pk).update(
            outcome="approved", decided_by=given.a_user(), decided_at=NOW
        )


def test_the_code_comes_back_to_who_proposed_it() -> None:
    change = a_proposed_login(lost())
    by, other = change.proposed_by, given.a_user()
    with pytest.raises(LoginNotProved):
        approve_login(change=change, by=other, now=NOW)
    with pytest.raises(NumberCodeWrong):
        prove_login(change=change, typed="x", by=by, now=NOW)
    with pytest.raises(LoginChangeOfAnother):
        prove_login(change=change, typed=digits_of(change.code), by=other, now=NOW)
    for _ in range(2):
        proved = prove_login(change=change, typed=digits_of(change.code), by=by, now=NOW)
        assert proved.proved_at == NOW


def test_what_is_decided_or_too_old_stays_so() -> None:
    holder = lost()
    declined, withdrawn, old = (a_proved_login(holder) for _ in range(3))
    decline_login(change=declined, by=given.a_user(), now=NOW)
    with pytest.raises(LoginChangeOfAnother):
        withdraw_login(change=withdrawn, by=given.a_user(), now=NOW)
    withdraw_login(change=withdrawn, by=withdrawn.proposed_by, now=NOW)
    for change in (declined, withdrawn):
        with pytest.raises(LoginChangeDecided):
            approve_login(change=change, by=given.a_user(), now=NOW)
    assert login_state_of(old, now=LATER) == "expired"
    for end in (approve_login, decline_login):
        with pytest.raises(LoginChangeExpired):
            end(change=old, by=given.a_user(), now=LATER)
    assert user_of(holder).phone.startswith("lost-")


def a_frozen() -> Holder:
    return freeze_holder(holder=lost(), now=NOW)


def a_closed() -> Holder:
    holder = given.a_holder()
    holder.closed_at = NOW
    holder.save()
    return holder


def a_colleague() -> Holder:
    holder = given.a_holder()
    User.objects.filter(holder=holder).update(is_staff=True)
    return holder


@pytest.mark.parametrize(
    ("made", "refusal"),
    [
        (a_frozen, HolderFrozen),
        (a_closed, HolderClosed),
        (a_colleague, NotAPersonsLogin),
        (given.an_organisation, NotAPersonsLogin),
    ],
)
def test_some_get_no_login_so(made: Callable[[], Holder], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        a_proposed_login(made())


def test_who_is_frozen_meanwhile_waits() -> None:
    holder = lost()
    change = a_proved_login(holder)
    freeze_holder(holder=holder, now=NOW)
    with pytest.raises(HolderFrozen):
        approve_login(change=change, by=given.a_user(), now=NOW)
    assert HolderEvent.objects.filter(holder=holder).count() == 1
    assert user_of(holder).phone.startswith("lost-")


def test_a_number_of_another_is_refused_at_once_and_at_the_end() -> None:
    holder, other = lost(), given.a_holder()
    with pytest.raises(NumberTaken):
        a_proposed_login(holder, msisdn=other.numbers.get().msisdn)
    new = given.an_msisdn()
    change = a_proved_login(holder, msisdn=new)
    a_proved_number(other, msisdn=new)
    with pytest.raises(NumberTaken):
        approve_login(change=change, by=given.a_user(), now=NOW)
    release_number(holder=other, number=other.numbers.get(msisdn=new), now=NOW)
    with pytest.raises(NumberQuarantined):
        approve_login(change=change, by=given.a_user(), now=NOW)
    assert user_of(holder).phone.startswith("lost-")


def test_a_clerks_login_is_taken_too() -> None:
    holder, clerk = lost(), given.a_user()
    User.objects.filter(pk=clerk.pk).update(is_staff=True)
    change = a_proved_login(holder, msisdn=clerk.phone.removeprefix("+86"))
    with pytest.raises(NumberTaken):
        approve_login(change=change, by=given.a_user(), now=NOW)
    assert not numbers_of(holder).exists()


def test_one_key_proposes_once_and_words_are_wanted() -> None:
    holder = lost()
    asked: dict[str, Any] = {
        "holder": holder,
        "msisdn": given.an_msisdn(),
        "checked": "身份证",
        "by": given.a_user(),
        "key": uuid4(),
        "now": NOW,
    }
    first = propose_login(**asked, reason="丢了")
    assert propose_login(**asked, reason="丢了") == first
    with pytest.raises(KeyReused):
        propose_login(**asked, reason="别的")
    with pytest.raises(KeyReused):
        propose_login(**asked | {"msisdn": given.an_msisdn()}, reason="丢了")
    for words in ({"reason": " "}, {"checked": " ", "reason": "丢了"}, {"reason": "x" * 201}):
        with pytest.raises(ReasonMissing):
            propose_login(**asked | words)
