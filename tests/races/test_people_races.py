"""Numbers, names, roles and whole wallets, wanted by two at the same moment."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Model

from ledger.queries import coins_in
from ledger.refusals import Refusal
from tests import given
from tests.given_identity import a_check, an_identity
from tests.given_numbers import a_code, a_proved_number, assert_proofs_hold
from tests.given_own_data import a_policy
from tests.races.threads import at_once, in_thread
from tests.waiting import in_line
from wallet.closures.models import Closure
from wallet.closures.operations import close_own_wallet, take_back_given_up
from wallet.gift.operations import claim_gift
from wallet.holders.models import Holder, HolderEvent, Member, Number, User
from wallet.holders.operations import add_member
from wallet.holders.queries import main_of
from wallet.identity.models import IdentityCheck
from wallet.numbers.operations import add_proved_number, port_number, release_number
from wallet.numbers.queries import digits_of
from wallet.organisations.operations import remove_member

pytestmark = pytest.mark.own_database
NOW = given.NOW
LATER = NOW + timedelta(days=400)


def tally(ended: Iterable[object]) -> Counter[str]:
    """Count how attempts ended: by refusal, or by what came back."""
    return Counter(one.code if isinstance(one, Refusal) else str(one) for one in ended)


def one_behind_the_other(acts: list[Callable[[], str]], *, row: Model) -> list[object]:
    """Let each act come to a row that is held, one after another, then let them go."""
    began = []
    with transaction.atomic():
        type(row)._default_manager.select_for_update().get(pk=row.pk)
        for place, act in enumerate(acts):
            began.append(in_thread(act))
            in_line(place + 1)
    return [each.exception() or each.result() for each in began]


def user_of(holder: Holder) -> User:
    assert holder.user is not None
    return holder.user


def adds(holder: Holder, msisdn: str) -> Callable[[], str]:
    code = a_code(holder, msisdn=msisdn, now=LATER)

    def add() -> str:
        add_proved_number(holder=holder, code=code, typed=digits_of(code), now=LATER)
        return "added"

    return add


def test_two_who_add_a_number_at_once() -> None:
    one, other = given.a_holder(), given.a_holder()
    # A number nobody ever had.
    new = given.an_msisdn()
    acts = [adds(one, new), adds(other, new)]
    assert tally(at_once(lambda place: acts[place](), threads=2)) == {"added": 1, "number_taken": 1}
    # A number one of them gave up: whoever stands first in line has it, also if it is the other.
    for first, second in ((one, other), (other, one)):
        old = a_proved_number(one, now=NOW)
        release_number(holder=one, number=old, now=NOW)
        acts = [adds(first, old.msisdn), adds(second, old.msisdn)]
        ended = one_behind_the_other(acts, row=old)
        assert tally(ended) == {"added": 1, "number_taken": 1}
        assert Number.objects.get(msisdn=old.msisdn, holder__isnull=False).holder == first


def test_a_number_ported_while_it_is_released() -> None:
    holder = given.a_holder()
    number = a_proved_number(holder)

    def ports() -> str:
        return port_number(holder=holder, number=number, carrier="CU", now=NOW).carrier_id

    def releases() -> str:
        release_number(holder=holder, number=number, now=NOW)
        return "released"

    acts = [ports, releases] * 4
    ended = tally(at_once(lambda place: acts[place](), threads=len(acts)))
    assert ended["released"] == 1
    assert ended["CU"] + ended["released"] + ended["unknown_id"] == len(acts)
    number.refresh_from_db()
    assert number.holder is None
    assert number.carrier_id == ("CU" if ended["CU"] else "CT")


def test_one_person_proves_a_name_for_two_wallets_at_once() -> None:
    a_policy("identity.wallets_max", 1)
    wallets = [given.a_holder(), given.a_holder()]
    ended = at_once(
        lambda place: a_check(wallets[place], number=an_identity(order=7)).state, threads=2
    )
    assert tally(ended) == {"passed": 1, "identity_taken": 1}
    assert sorted(
        Holder.objects.filter(pk__in=[one.pk for one in wallets]).values_list("tier")
    ) == [
        (0,),
        (1,),
    ]
    # The same wallet asked twice at once is known once, and by the higher of the two.
    alone = given.a_holder()
    methods = ["real_name", "face"]
    ended = at_once(
        lambda place: a_check(alone, number=an_identity(order=8), method=methods[place]).state,
        threads=2,
    )
    assert tally(ended) == {"passed": 2}
    alone.refresh_from_db()
    assert alone.tier == 2
    assert IdentityCheck.objects.filter(holder=alone).count() == 2


def two_owners() -> tuple[Holder, list[User]]:
    """Return an organisation and the two who own it."""
    owners = [user_of(given.a_holder()) for _ in range(2)]
    firm = given.a_sponsor(owner=owners[0]).holder
    add_member(organisation=firm, user=owners[1], role=Member.Role.OWNER)
    return firm, owners


def removes(firm: Holder, *, who: User, by: User) -> str:
    member = Member.objects.get(organisation=firm, user=who)
    remove_member(organisation=firm, by=by, member=member, now=NOW)
    return "removed"


def closes(user: User) -> str:
    close_own_wallet(holder=Holder.objects.get(user=user), gives_up_coins=0, now=NOW)
    return "removed"


def test_of_two_owners_who_leave_at_once_one_stays() -> None:
    firm, owners = two_owners()
    left = at_once(lambda place: removes(firm, who=owners[place], by=owners[place]), threads=2)
    assert tally(left) == {"removed": 1, "last_owner": 1}
    assert firm.members.get().role == Member.Role.OWNER
    # Also if both end their wallets, or one leaves and the other's wallet ends.
    firm, owners = two_owners()
    ended = one_behind_the_other([partial(closes, one) for one in owners], row=firm)
    assert tally(ended) == {"removed": 1, "wallet_busy": 1}
    assert firm.members.get().role == Member.Role.OWNER
    firm, owners = two_owners()
    leaves = partial(removes, firm, who=owners[0], by=owners[0])
    ended = one_behind_the_other([partial(closes, owners[1]), leaves], row=firm)
    assert tally(ended) == {"removed": 1, "last_owner": 1}
    assert firm.members.get().user == owners[0]


def test_a_wallet_ends_once_while_a_gift_arrives() -> None:
    given.a_sponsor(coins=1_000)  # an issuer owes coins, so that it can take some back
    holder = given.a_holder(coins=40)
    gifts = [given.a_gift(coins=1) for _ in range(3)]

    def ends() -> str:
        close_own_wallet(holder=holder, gives_up_coins=40, now=NOW)
        return "closed"

    def claims(place: int) -> str:
        claim_gift(gift=gifts[place], claimer=holder, now=NOW)
        return "claimed"

    def sweeps() -> str:
        take_back_given_up(key=uuid4(), now=NOW)
        return "swept"

    acts: list[Callable[[], str]] = [ends, ends, sweeps, sweeps]
    acts += [partial(claims, place) for place in range(3)]
    ended = tally(at_once(lambda place: acts[place](), threads=len(acts)))
    assert ended in (
        {"closed": 2, "holder_closed": 3, "swept": 2},
        {"residue_changed": 2, "claimed": 3, "swept": 2},
    )
    take_back_given_up(key=uuid4(), now=NOW)
    holder.refresh_from_db()
    assert (holder.closed_at is None) == (ended["closed"] == 0)
    assert coins_in(main_of(holder)) == (0 if ended["closed"] else 40 + ended["claimed"])
    assert coins_in("system/left") == 0
    assert Closure.objects.filter(holder=holder).count() == (1 if ended["closed"] else 0)
    assert (
        HolderEvent.objects.filter(holder=holder, kind="closed").count() == Closure.objects.count()
    )
    assert_proofs_hold()
