"""Once the service began to end, pages say so instead of showing forms that can only refuse."""

import uuid
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests import given
from tests.given_merchants import a_code, a_merchant
from tests.given_winddown import a_wind_down
from wallet.earn.models import Task
from wallet.earn.operations import publish_task
from wallet.gift.operations import claim_gift
from wallet.gift.queries import token_for as token_of_gift
from wallet.holders.models import Holder, User
from wallet.holders.operations import ServiceEnding
from wallet.holders.rules import opaque_id
from wallet.merchants.queries import token_for as token_of_code
from wallet.organisations.operations import invite_member
from wallet.sponsors.models import Campaign

pytestmark = pytest.mark.django_db
OVER = "服务正在停止，不能再办新的。"
WIDE = '<button class="wide">'


class Place:
    """A person, and what of a sponsor's, a merchant's and friends' it may act on."""

    def __init__(self, now: datetime) -> None:
        self.me = given.a_holder(coins=50, tier=1, now=now)
        self.user = _user(self.me)
        self.sponsor = given.a_sponsor(coins=2_000, owner=self.user, now=now)
        self.campaign = given.a_campaign(self.sponsor, now=now)
        self.merchant = a_merchant(coins=500, owner=self.user, now=now)
        self.code = a_code(self.merchant, now=now)
        self.gift = given.a_gift()

    @property
    def sponsor_id(self) -> str:
        return opaque_id("hld", self.sponsor.pk)

    @property
    def merchant_id(self) -> str:
        return opaque_id("hld", self.merchant.pk)

    @property
    def in_campaign(self) -> list[str]:
        return [self.sponsor_id, opaque_id("cmp", self.campaign.pk)]


def _user(holder: Holder) -> User:
    assert holder.user is not None
    return holder.user


def _at(name: str, places: Callable[[Place], list[str]] = lambda _: []) -> Callable[[Place], str]:
    return lambda place: reverse(name, args=places(place))


#: Pages with a form that opens, issues or sets aside something; what of each is the form.
FORMS: dict[str, tuple[Callable[[Place], str], str]] = {
    "a gift": (_at("gift_new"), WIDE),
    "a gift's link": (_at("gift_link", lambda of: [token_of_gift(of.gift)]), WIDE),
    "a gift's phone": (_at("gift_phone", lambda of: [token_of_gift(of.gift)]), WIDE),
    "a packet": (_at("packet_new"), WIDE),
    "a conversion": (_at("convert"), WIDE),
    "a campaign": (_at("campaign_new", lambda of: [of.sponsor_id]), WIDE),
    "a campaign's budget": (_at("campaign", lambda of: of.in_campaign), 'action="#fund"'),
    "a task": (_at("task_new", lambda of: of.in_campaign), WIDE),
    "a sponsor": (_at("sponsor_page", lambda of: [of.sponsor_id]), "开一个活动"),
    "a sponsor's packet": (_at("sponsor_page", lambda of: [of.sponsor_id]), "发红包"),
    "a counter": (_at("merchant_counter", lambda of: [of.merchant_id]), WIDE),
    "a code shown": (
        _at("merchant_code", lambda of: [of.merchant_id, opaque_id("mqr", of.code.pk)]),
        'class="qr"',
    ),
    "a code scanned": (_at("counter_link", lambda of: [token_of_code(of.code)]), WIDE),
    "the scanner": (_at("scan"), "scan.js"),
    "numbers": (_at("numbers"), WIDE),
    "who one is": (_at("identity"), WIDE),
    "an organisation": (_at("organisation", lambda of: [of.sponsor_id]), WIDE),
}


@pytest.mark.parametrize("name", FORMS)
def test_no_form_is_shown_that_can_only_refuse(
    name: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    place, (path, form) = Place(now), FORMS[name]
    user = place.user if name != "a gift's phone" else None
    _assert_over(path(place), form=form, user=user, now=now)


def test_no_wallet_is_ended_by_hand_any_more(now: datetime) -> None:
    _assert_over("/me/close/", form="下一步", user=_user(given.a_holder()), now=now)


def _assert_over(path: str, *, form: str, user: User | None, now: datetime) -> None:
    client = Client(headers={"host": "127.0.0.1", "accept-language": "zh-hans"})
    if user is not None:
        client.force_login(user)
    before = client.get(path)
    assert before.status_code == 200
    assert form in before.content.decode()
    assert OVER not in before.content.decode()
    a_wind_down(now=now)
    page = client.get(path).content.decode()
    assert "本服务正在停止" in page
    assert OVER in page
    assert form not in page


def test_what_still_can_be_done_stays(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    place = Place(now)
    given.a_task(place.campaign, now=now)
    owner = given.a_user(now=now)
    asked = invite_member(
        organisation=given.a_sponsor(owner=owner, now=now).holder,
        by=owner,
        msisdn=place.me.numbers.get().msisdn,
        role="viewer",
        key=uuid.uuid4(),
        now=now,
    )
    claim_gift(gift=place.gift, claimer=place.me, now=now)
    client = Client(headers={"host": "127.0.0.1", "accept-language": "zh-hans"})
    client.force_login(place.user)
    a_wind_down(now=now)
    campaign = client.get(reverse("campaign", args=place.in_campaign)).content.decode()
    assert "关闭任务" in campaign
    assert "发布任务" not in campaign
    invited = client.get(reverse("organisations")).content.decode()
    assert "不接受" in invited
    assert 'name="accept"' not in invited
    claimed = client.get(reverse("gift_link", args=[token_of_gift(place.gift)])).content.decode()
    assert "谢谢送礼的人" in claimed
    assert "回赠" not in claimed
    answer = client.post(reverse("invitation", args=[opaque_id("inv", asked.pk)]))
    assert answer.status_code == 302
    asked.refresh_from_db()
    assert asked.state == "declined"


def test_no_task_is_published_any_more(now: datetime) -> None:
    campaign, key = given.a_campaign(now=now), uuid.uuid4()
    before = _published(campaign, key=key, now=now)
    a_wind_down(now=now)
    with pytest.raises(ServiceEnding):
        _published(campaign, key=uuid.uuid4(), now=now)
    assert _published(campaign, key=key, now=now) == before


def _published(campaign: Campaign, *, key: uuid.UUID, now: datetime) -> Task:
    return publish_task(
        campaign=campaign,
        title_zh="看",
        title_en="See",
        minutes=1,
        url="https://a.example/",
        stages=given.STAGES,
        key=key,
        now=now,
    )
