"""Red packets as JSON: sent, seen, opened; what anybody may check; and who is refused."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from ledger.queries import coins_in
from tests import given, given_packets
from wallet.holders.models import Holder, Member
from wallet.holders.operations import add_member
from wallet.holders.queries import main_of
from wallet.holders.rules import opaque_id
from wallet.packets.models import Packet
from wallet.packets.operations import publish_packet_days, return_expired_packets
from wallet.packets.queries import token_for
from wallet.packets.verify_packet import verify
from wallet.sponsors.queries import budget_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()
    given.open_ledger_today()


def ask(who: Holder, path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
    headers = {"Idempotency-Key": key or str(uuid4())}
    return given.client_of(who).post(f"/api/v1/{path}", body or {}, headers=headers)


def a_packet_now(**asked: Any) -> Packet:
    return given_packets.a_packet(now=timezone.now(), **asked)


def test_a_packet_is_sent_once_and_shows_its_link_again() -> None:
    sender, key = given.a_holder(coins=100), str(uuid4())
    body = {"kind": "lucky", "coins": 30, "shares": 3, "greeting": "早"}
    first, again = (ask(sender, "packets", body, key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert coins_in(main_of(sender)) == 70
    packet = Packet.objects.get()
    shown = first.json()
    assert shown["link"].endswith(f"/p/{token_for(packet)}/")
    assert (shown["left"], shown["commitment"]) == (3, bytes(packet.commitment).hex())
    client = given.client_of(sender)
    assert [row["id"] for row in client.get("/api/v1/packets").json()["results"]] == [shown["id"]]
    assert client.get(f"/api/v1/packets/{shown['id']}").json() == shown


@pytest.mark.parametrize(
    "change,status,code",
    [
        ({"coins": 0}, 400, "invalid"),
        ({"coins": 2**63}, 400, "invalid"),
        ({"shares": 0}, 400, "invalid"),
        ({"shares": 1.5}, 400, "invalid"),
        ({"kind": "unlucky"}, 400, "invalid"),
        ({"shares": 31}, 422, "bad_packet"),
        ({"kind": "equal", "shares": 4}, 422, "bad_packet"),
        ({"greeting": "a\nb"}, 422, "bad_greeting"),
        ({"coins": 101}, 409, "not_enough_coins"),
        ({"coins": 501}, 409, "packet_limit_passed"),
        ({"coins": 20_001}, 409, "packet_too_large"),
    ],
)
def test_bad_input_is_refused(change: dict[str, Any], status: int, code: str) -> None:
    sender = given.a_holder(coins=100)
    refused = ask(sender, "packets", {"kind": "lucky", "coins": 30, "shares": 3, **change})
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert coins_in(main_of(sender)) == 100


def test_friends_look_and_open_and_see_who_got_what() -> None:
    packet, friends = a_packet_now(coins=50, shares=2), [given.a_holder() for _ in range(2)]
    link, name = f"packet-links/{token_for(packet)}", opaque_id("pkt", packet.pk)
    seen = given.client_of(friends[0]).get(f"/api/v1/{link}").json()
    assert (seen["state"], seen["left"], "openings" in seen, "link" in seen) == (
        "open",
        2,
        False,
        False,
    )
    answers = [ask(friend, f"{link}/open").json() for friend in friends]
    assert [answer["position"] for answer in answers] == [1, 2]
    assert sum(answer["coins"] for answer in answers) == 50
    again = ask(friends[0], f"{link}/open").json()
    assert again == answers[0]
    mine = given.client_of(friends[0]).get(f"/api/v1/packets/{name}").json()
    assert (mine["state"], "link" in mine) == ("finished", False)
    assert [each["who"] for each in mine["openings"]] == [
        str(friend.numbers.get()) for friend in friends
    ]
    assert sum(each["is_luckiest"] for each in mine["openings"]) == 1
    late = ask(given.a_holder(), f"{link}/open")
    assert (late.status_code, late.json()["code"]) == (409, "packet_empty")


def test_a_stranger_is_refused() -> None:
    packet, stranger = a_packet_now(), given.a_holder()
    name = opaque_id("pkt", packet.pk)
    assert given.client_of(stranger).get(f"/api/v1/packets/{name}").status_code == 404
    for path in ("packets", f"packets/{name}", f"packet-links/{token_for(packet)}"):
        assert APIClient().get(f"/api/v1/{path}").status_code == 403
    client = given.client_of(stranger)
    codes = [client.get("/api/v1/packet-links/guess").status_code for _ in range(21)]
    assert codes == [404] * 20 + [429]


def test_a_sponsor_sends_from_its_budget_and_reads_what_became_of_it() -> None:
    owner, viewer, friend = (given.a_holder() for _ in range(3))
    sponsor = given.a_sponsor(coins=100, owner=owner.user, now=timezone.now())
    assert viewer.user is not None
    add_member(organisation=sponsor.holder, user=viewer.user, role=Member.Role.VIEWER)
    path, key = f"sponsors/{opaque_id('hld', sponsor.pk)}/packets", str(uuid4())
    body = {"kind": "lucky", "coins": 30, "shares": 3, "greeting": "早"}
    first, again = (ask(owner, path, body, key) for _ in range(2))
    assert (first.status_code, again.json()) == (201, first.json())
    assert (budget_of(sponsor), coins_in(main_of(owner))) == (70, 0)
    packet = Packet.objects.get()
    assert first.json()["link"].endswith(f"/p/{token_for(packet)}/")
    given_packets.opened_by(packet, [friend], now=timezone.now())
    coins = coins_in(main_of(friend))
    for reader in (owner, viewer):
        (row,) = given.client_of(reader).get(f"/api/v1/{path}").json()["results"]
        assert (row["id"], row["left"]) == (first.json()["id"], 2)
        none = {"opens": 0, "forwarded": 0, "forwarders": 0}
        assert row["report"] == {**none, "claims": 1, "coins": coins}
    refused = [
        ask(owner, path, {**body, "coins": 71}),
        ask(viewer, path, body),
        ask(friend, path, body),
        given.client_of(friend).get(f"/api/v1/{path}"),
    ]
    assert [(each.status_code, each.json()["code"]) for each in refused] == [
        (409, "sponsor_budget_spent"),
        (403, "not_a_member"),
        (404, "unknown_id"),
        (404, "unknown_id"),
    ]
    assert budget_of(sponsor) == 70


def test_anybody_may_check_a_packet_and_the_days() -> None:
    now = timezone.now()
    publish_packet_days(now=now)
    packet, nobody = a_packet_now(), APIClient()
    path = f"/fair/packets/{opaque_id('pkt', packet.pk)}.json"
    early = nobody.get(path).json()
    assert (early["share_seed"], early["drawn"]) == (None, None)
    return_expired_packets(now=now + timedelta(days=2))
    late = nobody.get(path).json()
    assert len(verify(late, commitment=early["commitment"])) == 4
    days = nobody.get("/fair/days.json").json()
    assert [day["seed"] for day in days] == [None] * 8
    assert late["day"] in days
    assert nobody.get("/fair/packets/pkt_x.json").status_code == 404
