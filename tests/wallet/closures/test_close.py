"""A wallet ends when nothing of it is open; what is left is swept; nobody signs in any more."""

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from ledger.queries import amount_at, coins_in
from ledger.rules import COIN
from tests import given, given_packets
from tests.given_identity import a_check
from tests.given_numbers import a_proved_number, assert_proofs_hold, who_signs_in
from wallet.closures.models import Closure, GivenUp
from wallet.closures.operations import (
    InOffice,
    ResidueChanged,
    WalletBusy,
    close_own_wallet,
    close_wallet,
    take_back_given_up,
)
from wallet.closures.queries import what_is_open
from wallet.closures.rules import shares_of
from wallet.earn.operations import start_task
from wallet.gift.operations import cancel_gift
from wallet.holders.models import Holder, Member, User
from wallet.holders.operations import (
    HolderClosed,
    HolderFrozen,
    ReasonMissing,
    add_member,
    freeze_holder,
)
from wallet.holders.queries import NoHolder, holder_of, main_of, user_with_phone
from wallet.organisations.queries import member_history_of

pytestmark = pytest.mark.django_db
NOW = given.NOW


def closed(holder: Holder, *, coins: int = 0) -> Closure:
    """Return the closure of somebody who gives up these coins."""
    return close_own_wallet(holder=holder, gives_up_coins=coins, now=NOW)


def test_what_is_left_is_swept_once() -> None:
    holder = given.a_holder(coins=70)
    given.give_data(holder, 30)
    given.give_surplus(holder.numbers.get(), 20)
    first, again = closed(holder, coins=70), closed(holder, coins=70)
    assert first == again
    assert (first.coins, first.goods) == (70, {"DATA-CT-2026-11": 30, "SURPLUS-CT-2026-11": 20})
    assert (coins_in("system/left"), coins_in(main_of(holder))) == (70, 0)
    assert amount_at("system/expired", "SURPLUS-CT-2026-11") == 20
    assert Closure.objects.count() == 1


def test_an_empty_wallet_ends_without_a_posting() -> None:
    assert (closed(given.a_holder()).coins, coins_in("system/left")) == (0, 0)


def test_nobody_signs_in_or_acts_any_more() -> None:
    holder = given.a_holder()
    number, client = holder.numbers.get(), given.client_of(holder)
    closed(holder)
    assert client.get("/api/v1/me").status_code in {401, 403}
    assert holder.user is not None
    holder.user.refresh_from_db()
    assert not holder.user.is_active
    assert user_with_phone(f"+86{number.msisdn}") is None
    with pytest.raises(NoHolder):
        holder_of(holder.user)
    with pytest.raises(HolderClosed):
        given.a_gift(sender=holder, coins=1)
    assert [event.kind for event in holder.events.all()] == ["closed"]


def test_the_same_person_starts_anew_with_another_number() -> None:
    holder = given.a_holder(coins=5)
    a_check(holder)
    holder.refresh_from_db()
    closed(holder, coins=5)
    fresh = who_signs_in(given.an_msisdn())
    a_check(fresh)
    assert (fresh.pk != holder.pk, coins_in(main_of(fresh))) == (True, 0)


@pytest.mark.parametrize("coins", [69, 71, 0])
def test_who_gives_up_other_coins_than_there_are_is_asked_again(coins: int) -> None:
    holder = given.a_holder(coins=70)
    with pytest.raises(ResidueChanged) as refused:
        closed(holder, coins=coins)
    assert refused.value.fields["coins"] == 70


def test_open_escrows_end_first() -> None:
    holder = given.a_holder(coins=100)
    gift = given.a_gift(sender=holder, coins=10)
    given_packets.a_packet(sender=holder, coins=10, shares=1)
    start_task(holder=holder, task=given.a_task(), key=uuid4(), now=NOW)
    assert what_is_open(holder, now=NOW) == ["earning", "gift", "packet"]
    with pytest.raises(WalletBusy) as refused:
        closed(holder, coins=80)
    assert refused.value.fields["waiting"] == ["earning", "gift", "packet"]
    with pytest.raises(WalletBusy):
        close_wallet(holder=holder, by="admin/1", reason="x", now=NOW)
    cancel_gift(gift=gift, sender=holder, now=NOW)
    assert what_is_open(holder, now=NOW) == ["earning", "packet"]


def test_a_budget_is_spent_first_and_an_owner_stays() -> None:
    owner = given.a_holder()
    sponsor = given.a_sponsor(owner=owner.user, coins=10)
    assert what_is_open(owner, now=NOW) == ["last_owner"]
    assert what_is_open(sponsor.holder, now=NOW) == ["sponsor"]
    given.a_campaign(sponsor, coins=10)
    assert what_is_open(sponsor.holder, now=NOW) == ["campaign"]
    with pytest.raises(WalletBusy):
        close_wallet(holder=sponsor.holder, by="admin/1", reason="x", now=NOW)


def test_roles_end_with_the_wallet_and_stay_in_the_history() -> None:
    holder, firm = given.a_holder(), given.a_sponsor().holder
    assert holder.user is not None
    add_member(organisation=firm, user=holder.user, role=Member.Role.MANAGER)
    closed(holder)
    assert not firm.members.filter(user=holder.user).exists()
    (event,) = member_history_of(firm)
    assert (event.kind, event.role, event.by) == ("left", "manager", f"holder/{holder.pk}")


def test_staff_closes_for_a_reason_and_also_what_is_frozen() -> None:
    holder = given.a_holder(coins=3)
    freeze_holder(holder=holder, now=NOW)
    with pytest.raises(HolderFrozen):
        closed(holder, coins=3)
    with pytest.raises(ReasonMissing):
        close_wallet(holder=holder, by="admin/1", reason="", now=NOW)
    closure = close_wallet(holder=holder, by="admin/1", reason="去世", now=NOW)
    assert (closure.coins, closure.by, closure.reason) == (3, "admin/1", "去世")


def test_a_colleague_stays_reachable() -> None:
    holder = given.a_holder()
    User.objects.filter(holder=holder).update(is_staff=True)
    with pytest.raises(InOffice):
        closed(holder)


def test_issuers_take_back_what_was_given_up() -> None:
    sponsor = given.a_sponsor(coins=1_000)
    holder = given.a_holder(coins=300)
    a_proved_number(holder)
    closed(holder, coins=300)
    key = uuid4()
    first, again = (take_back_given_up(key=key, now=NOW) for _ in range(2))
    assert [(row.issuer_id, row.coins) for row in first] == [("CT", 300)]
    assert first == again
    assert take_back_given_up(key=uuid4(), now=NOW) == []
    assert (coins_in("issuer/CT"), amount_at("system/left", COIN)) == (-700, 0)
    assert GivenUp.objects.count() == 1
    assert sponsor.holder.closed_at is None
    assert_proofs_hold()


def test_issuers_share_by_what_they_owe_and_never_more() -> None:
    assert shares_of(10, owed={"CT": 20, "CU": 10, "CM": 0}) == {"CT": 7, "CU": 3}
    assert shares_of(100, owed={"CT": 20, "CU": 10}) == {"CT": 20, "CU": 10}
    assert shares_of(1, owed={"CU": 5, "CT": 5}) == {"CT": 1}
    assert shares_of(5, owed={}) == shares_of(0, owed={"CT": 1}) == {}


@pytest.mark.parametrize(
    ("language", "again", "gone"),
    [
        ("zh-hans", "再问一次：真的要注销吗？", "钱包已经注销。"),
        ("en", "Once more: do you really want to close it?", "The wallet is closed."),
    ],
)
def test_the_page_asks_twice(language: str, again: str, gone: str) -> None:
    holder = given.a_holder(coins=7, now=timezone.now())
    client = Client(headers={"accept-language": language})
    assert holder.user is not None
    client.force_login(holder.user)
    assert client.get("/me/close/").status_code == 200
    asked = {"gives_up_coins": "7"}
    assert client.post("/me/close/", asked).status_code == 422
    asked["is_sure"] = "on"
    assert again in client.post("/me/close/", asked).content.decode()
    assert not Closure.objects.exists()
    changed = client.post("/me/close/", {**asked, "gives_up_coins": "6", "finally": "1"})
    assert changed.status_code == 422
    answer = client.post("/me/close/", {**asked, "finally": "1"}, follow=True)
    assert gone in answer.content.decode()
    assert Closure.objects.get().coins == 7


def test_the_page_says_what_is_in_the_way() -> None:
    holder = given.a_holder(coins=7, now=timezone.now())
    given.a_gift(sender=holder, coins=2, now=timezone.now())
    page = given.client_of(holder).get("/me/close/").content.decode()
    assert "送出还没领的礼物" in page
    assert "下一步" not in page
