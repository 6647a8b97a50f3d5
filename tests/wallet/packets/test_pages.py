"""The pages of red packets: three taps for a stranger, one with a session; looking opens nothing."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from config.celery import app
from config.schedule import SCHEDULE
from ledger.queries import coins_in
from tests import given, given_packets
from wallet.holders.models import Holder, Member, TextMessage, User
from wallet.holders.operations import add_member
from wallet.holders.queries import main_of
from wallet.holders.rules import opaque_id
from wallet.packets.models import Packet, PacketDay
from wallet.packets.operations import publish_packet_days, return_expired_packets
from wallet.packets.queries import packets_of_sponsor, token_for
from wallet.packets.tasks import end_packets, publish_days

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh(settings: Settings) -> None:
    settings.TEXT_GATEWAY = "wallet.holders.texts.ShownTexts"
    cache.clear()
    given.open_ledger_today()


def a_packet_now(**asked: Any) -> Packet:
    return given_packets.a_packet(now=timezone.now(), **asked)


def path_of(packet: Packet) -> str:
    return f"/p/{token_for(packet)}/"


def page_of(packet: Packet) -> str:
    return f"/packets/{opaque_id('pkt', packet.pk)}/"


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def code_sent_to(msisdn: str) -> str:
    found = re.search(r"\d{6}", TextMessage.objects.filter(phone=f"+86{msisdn}").latest("id").body)
    assert found
    return found[0]


def test_a_friend_without_a_wallet_opens_in_three_taps() -> None:
    packet, client = a_packet_now(coins=30, shares=1, greeting="过年好"), Client()
    msisdn = given.an_msisdn(carrier="CU")
    page = text(client, path_of(packet))
    assert 'property="og:title"' in page
    assert "过年好" in page
    assert f"{path_of(packet)}phone/" in page
    assert "过年好" in text(client, f"{path_of(packet)}phone/")
    asked = client.post(f"{path_of(packet)}phone/", {"phone": msisdn})
    assert asked["Location"] == f"{path_of(packet)}code/"
    assert "过年好" in text(client, f"{path_of(packet)}code/")
    done = client.post(f"{path_of(packet)}code/", {"code": code_sent_to(msisdn)})
    assert done["Location"] == path_of(packet)
    friend = Holder.objects.get(numbers__msisdn=msisdn)
    assert coins_in(main_of(friend)) == 30
    assert "抢到了" in text(client, path_of(packet))
    packet.refresh_from_db()
    assert packet.state == Packet.State.FINISHED


def test_looking_opens_nothing() -> None:
    packet, friend = a_packet_now(), given.a_holder()
    for client in (Client(), given.client_of(friend)):
        page = client.get(path_of(packet))
        assert (page.status_code, page["Referrer-Policy"]) == (200, "same-origin")
        assert "packet_visitor" not in page.cookies
        assert client.get(f"{path_of(packet)}open/").status_code == 405
    assert not packet.shares.exclude(claimer=None).exists()
    image = Client().get(f"{path_of(packet)}qr.png")
    assert image["Content-Type"] == "image/png"


def test_a_poster_is_a_picture_in_the_readers_language() -> None:
    packet = given_packets.a_packet(now=timezone.now())
    answers = [
        Client(headers={"accept-language": language}).get(f"{path_of(packet)}poster.png")
        for language in ("zh-hans", "en")
    ]
    for answer in answers:
        assert answer["Content-Type"] == "image/png"
        assert "private" in answer["Cache-Control"]
        assert Image.open(BytesIO(answer.content)).size == (1080, 1600)
    assert answers[0].content != answers[1].content
    sponsored = given_packets.a_sponsored_packet(now=timezone.now())
    assert Client().get(f"{path_of(sponsored)}poster.png").content != answers[0].content
    assert packet.shares.filter(claimer=None).count() == packet.share_count
    assert Client().get("/p/guess/poster.png").status_code == 404


def test_one_tap_with_a_session_and_the_list_for_those_in_it() -> None:
    packet = a_packet_now(coins=30, shares=3)
    friends = [given.a_holder() for _ in range(3)]
    for friend in friends:
        opened = given.client_of(friend).post(f"{path_of(packet)}open/")
        assert opened["Location"] == path_of(packet)
    for holder in (*friends, packet.sender):
        page = text(given.client_of(holder), page_of(packet))
        assert all(str(each.numbers.get()) in page for each in friends if each != holder)
        assert "手气最佳" in page
    assert "抢光了" in text(given.client_of(packet.sender), "/packets/")
    assert str(packet.shares.get(claimer=friends[0]).coins) in text(
        given.client_of(friends[0]), "/packets/"
    )
    late = given.client_of(given.a_holder())
    assert late.post(f"{path_of(packet)}open/")["Location"] == path_of(packet)
    assert "手慢了" in text(late, path_of(packet))
    assert late.get(page_of(packet)).status_code == 404
    assert Client().get(page_of(packet)).status_code == 302


def test_without_a_session_opening_asks_who_it_is() -> None:
    packet = a_packet_now()
    assert Client().post(f"{path_of(packet)}open/")["Location"] == f"{path_of(packet)}phone/"
    client = given.client_of(given.a_holder())
    for page in ("phone/", "code/"):
        assert client.get(path_of(packet) + page)["Location"] == path_of(packet)


def test_an_expired_packet_says_so_before_and_after_the_sweep() -> None:
    packet = a_packet_now()
    Packet.objects.update(expires_at=timezone.now())
    assert "已过期" in text(Client(), path_of(packet))
    end_packets()
    page = text(Client(), path_of(packet))
    assert "已过期" in page
    assert "phone/" not in page
    assert "退回了" in text(given.client_of(packet.sender), page_of(packet))
    assert "红包没抢完，已退回" in text(given.client_of(packet.sender), "/history/")


def test_the_form_sends_one_packet_per_key_and_says_refusals_beside_it() -> None:
    sender = given.a_holder(coins=100)
    client = given.client_of(sender)
    key = re.search(r'name="key" value="([0-9a-f-]{36})"', text(client, "/packets/new/"))
    assert key
    form = {"kind": "equal", "coins": "30", "share_count": "3", "greeting": "早", "key": key[1]}
    for _ in range(2):
        made = client.post("/packets/new/", form, format="multipart")
        assert made.status_code == 302
    packet = Packet.objects.get()
    page = text(client, made["Location"])
    assert token_for(packet) in page
    assert "<svg" in page
    assert "还没有人抢" in page
    part = client.get(made["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "hx-get" in part
    refused = client.post(
        "/packets/new/", form | {"share_count": "4", "key": str(uuid4())}, format="multipart"
    )
    assert refused.status_code == 422
    assert "红包包不成" in refused.content.decode()
    assert "红包里还没抢的" in text(client, "/")


def test_the_lists_begin_empty() -> None:
    page = text(given.client_of(given.a_holder()), "/packets/")
    assert "还没有发过红包" in page
    assert "还没有抢到过红包" in page


def test_a_sponsor_sends_and_sees_opens_claims_and_forwards() -> None:
    owner = given.a_holder()
    sponsor = given.a_sponsor(owner=owner.user, coins=200, now=timezone.now())
    name = opaque_id("hld", sponsor.pk)
    client = given.client_of(owner)
    assert "200" in text(client, f"/sponsor/{name}/packets/new")
    form = {"kind": "lucky", "coins": "60", "share_count": "3", "key": str(uuid4())}
    sent = client.post(f"/sponsor/{name}/packets/new", form, format="multipart")
    assert sent["Location"] == f"/sponsor/{name}/"
    packet = Packet.objects.get()
    first, second, third = Client(), Client(), given.client_of(given.a_holder())

    def looks(browser: Client, *, by: str = "") -> str:
        """Show the page as a browser does, its picture too; return the link it may forward."""
        page = text(browser, f"{path_of(packet)}?by={by}")
        picture = re.search(r'src="(/p/[^"]+seen\.gif[^"]*)"', page)
        forward = re.search(r"\?by=([0-9a-f]{16})</code>", page)
        assert picture is not None
        assert browser.get(picture[1])["Content-Type"] == "image/gif"
        return forward[1] if forward else ""

    code = looks(first)
    looks(first, by=code)
    other = looks(second, by=code)
    looks(third, by=other)
    looks(Client(), by="0" * 16)
    text(Client(), path_of(packet))  # a preview shows no picture and counts for nothing
    assert Client().get(f"{path_of(packet)}seen.gif").status_code == 200
    assert third.post(f"{path_of(packet)}open/").status_code == 302
    ((found, report),) = packets_of_sponsor(sponsor)
    assert found == packet
    assert (report.opens, report.forwarded, report.forwarders, report.claims) == (4, 2, 2, 1)
    page = text(client, f"/sponsor/{name}/")
    assert "2 人，带来 2" in page
    assert "1/3" in page
    own = given.client_of(owner)
    assert own.post(f"{path_of(packet)}open/").status_code == 302
    assert "不能抢它的红包" in text(own, path_of(packet))


def test_only_who_may_move_a_sponsors_coins_sends_from_them() -> None:
    sponsor, viewer = given.a_sponsor(coins=50), given.a_holder()
    path = f"/sponsor/{opaque_id('hld', sponsor.pk)}/packets/new"
    assert given.client_of(viewer).get(path).status_code == 403
    assert viewer.user is not None
    add_member(organisation=sponsor.holder, user=viewer.user, role=Member.Role.VIEWER)
    assert given.client_of(viewer).get(path).status_code == 403
    assert not Packet.objects.exists()


def test_anybody_sees_what_binds_a_packet_and_later_what_was_in_it() -> None:
    now = timezone.now()
    publish_packet_days(now=now)
    packet, nobody = a_packet_now(coins=40, shares=4), Client()
    path = f"/fair/packets/{opaque_id('pkt', packet.pk)}/"
    page = text(nobody, path)
    assert bytes(packet.commitment).hex() in page
    assert bytes(packet.share_seed).hex() not in page
    given_packets.opened_by(packet, [given.a_holder()], now=now)
    return_expired_packets(now=now + timedelta(days=2))
    page = text(nobody, path)
    assert bytes(packet.share_seed).hex() in page
    assert "对得上" in page
    Packet.objects.update(coins_returned=0)
    assert "对不上" in text(nobody, path)
    assert f"{PacketDay.objects.earliest('day')}" in text(nobody, "/fair/")
    program = nobody.get("/fair/verify_packet.py")
    assert program["Content-Type"].startswith("text/plain")
    assert "def verify(" in program.content.decode()


def test_the_days_page_begins_empty_and_beat_fills_it() -> None:
    assert "还没有公布过" in text(Client(), "/fair/")
    publish_days()
    assert text(Client(), "/fair/").count("当天才公布") == 1


@pytest.mark.parametrize("name", ["wallet.packets.end_packets", "wallet.packets.publish_days"])
def test_beat_starts_the_sweeps(name: str) -> None:
    app.loader.import_default_modules()
    assert name in app.tasks
    assert name in {entry["task"] for entry in SCHEDULE.values()}


def test_a_clerk_looks_and_learns_no_share() -> None:
    packet, clerk = a_packet_now(coins=777, shares=2), Client()
    clerk.force_login(User.objects.create_superuser("+8613900000001"))
    page = text(clerk, f"/admin/wallet/packet/{packet.pk}/change/")
    assert bytes(packet.share_seed).hex() not in page
    assert "argest" not in page
    assert clerk.get("/admin/wallet/packet/").status_code == 200
    assert clerk.get("/admin/wallet/packetday/").status_code == 200
    assert clerk.get("/admin/wallet/packet/add/").status_code == 403
