"""A name that is right raises the tier; what it opens is closed without it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from ledger.refusals import KeyReused
from tests import given
from tests.given_identity import a_check, an_identity
from tests.given_numbers import taken_over
from tests.given_own_data import a_policy
from wallet.gift.operations import GiftLimitPassed
from wallet.holders.models import Holder, User
from wallet.holders.operations import (
    HolderFrozen,
    NotLower,
    NotProved,
    ReasonMissing,
    freeze_holder,
    lower_tier,
)
from wallet.holders.queries import inbox_of
from wallet.identity.models import IdentityCheck
from wallet.identity.operations import BadIdentity, IdentityTaken, OtherPerson, TooManyChecks
from wallet.identity.rules import birth_year_in, is_identity_number
from wallet.identity.verifier import NoVerifier, VerifierUnavailable

pytestmark = pytest.mark.django_db
NOW = given.NOW
EVENTS = "/admin/wallet/holderevent/add/"


def again(holder: Holder) -> Holder:
    """Return a holder as it is now."""
    return Holder.objects.get(pk=holder.pk)


@pytest.mark.parametrize(("method", "tier"), [("real_name", 1), ("face", 2), ("bank", 2)])
def test_a_right_name_raises_the_tier(method: str, tier: int) -> None:
    holder = given.a_holder()
    check = a_check(holder, number=an_identity(year=1988), method=method)
    assert (check.state, again(holder).tier, again(holder).birth_year) == ("passed", tier, 1988)
    event = holder.events.get()
    assert (event.kind, event.facts) == ("tier", {"before": 0, "after": tier})
    assert [notice.kind for notice in inbox_of(holder)] == ["identity_proved"]


def test_a_wrong_name_raises_nothing() -> None:
    holder = given.a_holder()
    check = a_check(holder, name="nomatch")
    assert (check.state, check.reason, again(holder).tier) == ("refused", "no_match", 0)
    a_check(holder)
    assert again(holder).tier == 1


def test_limits_are_those_of_the_tier() -> None:
    holder = given.a_holder(coins=1_000)
    with pytest.raises(GiftLimitPassed):
        given.a_gift(sender=holder, coins=501)
    a_check(holder)
    given.a_gift(sender=again(holder), coins=501)


def test_policy_says_what_a_tier_takes() -> None:
    a_policy("tier.1", "real_name_and_face_or_bank")
    with pytest.raises(BadIdentity):
        a_check(given.a_holder())
    a_policy("tier.2", "real_name", now=NOW + timedelta(seconds=1))
    holder = given.a_holder()
    a_check(holder, now=NOW + timedelta(seconds=1))
    assert again(holder).tier == 2


@pytest.mark.parametrize("method", ["", "phone", "palm"])
def test_nothing_is_proved_by_other_methods(method: str) -> None:
    with pytest.raises(BadIdentity):
        a_check(given.a_holder(), method=method)


@pytest.mark.parametrize("number", ["", "x", an_identity()[:17] + "Y", "11010119901307001X"])
def test_a_number_that_is_none_is_refused(number: str) -> None:
    assert not is_identity_number(number)
    with pytest.raises(BadIdentity):
        a_check(given.a_holder(), number=number or " ")


def test_only_one_check_digit_is_right() -> None:
    right = an_identity(year=2003, order=7)
    assert birth_year_in(right) == 2003
    assert [x for x in "0123456789X" if is_identity_number(right[:17] + x)] == [right[17]]


def test_an_organisation_has_no_real_name() -> None:
    with pytest.raises(BadIdentity):
        a_check(given.an_organisation())


def test_a_wallet_is_one_persons() -> None:
    holder = given.a_holder()
    a_check(holder)
    with pytest.raises(OtherPerson):
        a_check(holder, number=an_identity(order=2), method="face")
    a_check(holder, method="face")
    assert again(holder).tier == 2


@pytest.mark.parametrize("most", [1, 2])
def test_a_person_has_so_many_wallets(most: int) -> None:
    a_policy("identity.wallets_max", most)
    for _ in range(most):
        a_check(given.a_holder())
    with pytest.raises(IdentityTaken):
        a_check(given.a_holder())


@pytest.mark.parametrize("most", [1, 3])
def test_checks_of_a_day_are_limited(most: int) -> None:
    a_policy("identity.checks_per_day_max", most)
    holder = given.a_holder()
    for _ in range(most):
        a_check(holder, name="nomatch")
    with pytest.raises(TooManyChecks):
        a_check(holder)
    a_check(holder, now=NOW + timedelta(days=1))


def test_a_lost_answer_is_asked_for_again() -> None:
    holder, key = given.a_holder(), uuid4()
    with pytest.raises(VerifierUnavailable):
        a_check(holder, name="noline", key=key)
    assert IdentityCheck.objects.get(holder=holder).state == "asked"
    assert a_check(holder, key=key).state == "passed"
    assert a_check(holder, name="nomatch", key=key).state == "passed"
    with pytest.raises(KeyReused):
        a_check(holder, number=an_identity(order=3), key=key)
    assert IdentityCheck.objects.count() == 1


def test_without_a_service_nobody_is_known() -> None:
    with pytest.raises(VerifierUnavailable):
        NoVerifier().check(name="张三", number=an_identity(), method="real_name")


def test_a_frozen_holder_is_not_checked() -> None:
    holder = given.a_holder()
    freeze_holder(holder=holder, now=NOW)
    with pytest.raises(HolderFrozen):
        a_check(holder)


def test_a_real_name_ends_the_doubt_about_a_number() -> None:
    owner = taken_over(given.a_holder().numbers.get())
    given.give_coins(owner, 500)
    with pytest.raises(NotProved):
        given.a_gift(sender=owner, coins=200)
    a_check(owner)
    given.a_gift(sender=again(owner), coins=200)


def test_nothing_of_the_name_is_kept() -> None:
    check = a_check(given.a_holder())
    row = str(IdentityCheck.objects.filter(pk=check.pk).values().get())
    assert "张三" not in row
    assert an_identity() not in row
    assert len(bytes(check.identity)) == 32


@pytest.mark.parametrize(
    ("language", "name", "said", "status"),
    [
        ("zh-hans", "张三", "核验通过了。", 200),
        ("en", "张三", "You are known by your real name now.", 200),
        ("zh-hans", "nomatch", "姓名和身份证号对不上。", 422),
        ("en", "noline", "Names cannot be checked at present.", 422),
    ],
)
def test_the_page_says_what_came_of_it(
    settings: LazySettings, language: str, name: str, said: str, status: int
) -> None:
    settings.IDENTITY_VERIFIER = "wallet.identity.verifier.SimulatedVerifier"
    holder = given.a_holder(now=timezone.now())
    client = Client(headers={"accept-language": language})
    assert holder.user is not None
    client.force_login(holder.user)
    assert client.get("/me/identity/").status_code == 200
    asked = {"name": name, "identity_number": an_identity(), "method": "real_name"}
    answer = client.post("/me/identity/", {**asked, "key": str(uuid4())}, follow=True)
    assert (answer.status_code, said in answer.content.decode()) == (status, True)


def test_staff_lowers_a_tier_with_a_reason_and_never_raises_one() -> None:
    holder = given.a_holder(coins=600)
    a_check(holder, method="face")
    with pytest.raises(ReasonMissing):
        lower_tier(holder=holder, tier=1, by="admin/1", reason=" ", now=NOW)
    event = lower_tier(holder=holder, tier=0, by="admin/1", reason="forged", now=NOW)
    assert (event.kind, event.reason, event.facts) == ("tier", "forged", {"before": 2, "after": 0})
    assert (again(holder).tier, again(holder).birth_year) == (0, None)
    assert [notice.kind for notice in inbox_of(holder)] == ["identity_lowered", "identity_proved"]
    with pytest.raises(GiftLimitPassed):
        given.a_gift(sender=again(holder), coins=501)
    for tier in (0, 1, -1):
        with pytest.raises(NotLower):
            lower_tier(holder=holder, tier=tier, by="admin/1", reason="x", now=NOW)
    # The same person may prove the name again, another one may not.
    with pytest.raises(OtherPerson):
        a_check(again(holder), number=an_identity(order=2))
    assert a_check(again(holder)).state == "passed"
    assert again(holder).tier == 1


def test_the_desk_lowers_a_tier_in_the_admin() -> None:
    holder = given.a_holder()
    a_check(holder)
    client = Client(headers={"host": "127.0.0.1", "accept-language": "en"})
    client.force_login(User.objects.create_superuser("+8613900000001"))
    asked = {"holder": str(holder.pk), "kind": "tier", "reason": "a forged card"}
    assert "Choose the tier" in client.post(EVENTS, asked).content.decode()
    assert client.post(EVENTS, {**asked, "tier": "0"}).status_code == 302
    assert again(holder).tier == 0
    refused = client.post(EVENTS, {**asked, "tier": "1"}).content.decode()
    assert "A tier can only be lowered" in refused


def test_limits_of_every_tier_are_read_and_shown() -> None:
    holder = given.a_holder(coins=30, now=timezone.now())
    given.a_gift(sender=holder, coins=20, now=timezone.now())
    client = given.client_of(holder)
    found = client.get("/api/v1/me/limits").json()
    assert (found["tier"], found["given_today_coins"]) == (0, 20)
    assert [one["wallet_coins_max"] for one in found["tiers"]] == [10_000, 100_000, 1_000_000]
    assert found["tiers"][1]["proved_by"] == "real_name"
    page = client.get("/me/identity/").content.decode()
    assert [coins in page for coins in ("10,000", "100,000", "1,000,000")] == [True] * 3
