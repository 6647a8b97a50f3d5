"""A login change approved, or approved and declined, by two at the same moment."""

from collections.abc import Callable

import pytest

from ledger.refusals import Refusal
from tests import given
from tests.given_logins import a_proved_login
from tests.races.threads import at_once
from wallet.holders.models import NumberEvent, User
from wallet.holders.queries import numbers_of
from wallet.numbers.models import LoginChange
from wallet.numbers.operations import approve_login, decline_login, recycle_number

pytestmark = pytest.mark.own_database
NOW = given.NOW


@pytest.mark.parametrize("second", [approve_login, decline_login])
def test_one_of_two_decides(second: Callable[..., LoginChange]) -> None:
    holder = given.a_holder()
    recycle_number(number=holder.numbers.get(), by="admin/x", reason="二次放号", now=NOW)
    change = a_proved_login(holder)
    deciders = [(approve_login, given.a_user()), (second, given.a_user())]

    def decide(place: int) -> LoginChange:
        how, by = deciders[place]
        return how(change=change, by=by, now=NOW)

    ended = at_once(decide, threads=2)
    refused = [one.code for one in ended if isinstance(one, Refusal)]
    assert refused == ["login_change_decided"]
    change.refresh_from_db()
    (winner,) = [place for place, one in enumerate(ended) if isinstance(one, LoginChange)]
    assert change.decided_by == deciders[winner][1]
    is_given = change.outcome == "approved"
    assert numbers_of(holder).count() == is_given
    assert NumberEvent.objects.filter(holder=holder, kind="login").count() == is_given
    assert User.objects.get(holder=holder).phone.startswith("lost-") != is_given


def test_two_who_get_the_same_number_at_once() -> None:
    new = given.an_msisdn()
    holders = [given.a_holder(), given.a_holder()]
    changes = [a_proved_login(holder, msisdn=new) for holder in holders]
    ended = at_once(
        lambda place: approve_login(change=changes[place], by=given.a_user(), now=NOW), threads=2
    )
    assert [one.code for one in ended if isinstance(one, Refusal)] == ["number_taken"]
    assert sorted(numbers_of(holder).filter(msisdn=new).count() for holder in holders) == [0, 1]
