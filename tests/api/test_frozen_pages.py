"""Somebody frozen at every page that moves something: told so, and nothing is written."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver, reverse

from exchange.orders.models import Order
from ledger.rules import COIN
from tests import given
from tests.api import offices, partners, world_holders
from tests.api.test_frozen import rows_of_everything
from tests.api.world import BODIES, PLACES, World
from tests.given_catalog import goods
from tests.given_identity import an_identity
from wallet.carriers.usage.rules import HEADER
from wallet.earn.models import Task
from wallet.holders.operations import freeze_holder
from wallet.holders.rules import opaque_id
from wallet.sponsors.models import Campaign

SAID = "账户已被冻结"
#: Pages that also a frozen person may send: nothing leaves the wallet, nothing comes in by choice.
OPEN_TO_THE_FROZEN = {
    "account_confirm_login_code",
    "account_login",
    "account_logout",
    "account_request_login_code",
    "act",
    "cancel_order",
    "cancel_orders",
    "carrier_leave",
    "carrier_wait",
    "case_new",
    "contact_add",
    "contact_remove",
    "contacts_import",
    "gift_cancel",
    "gift_thanks",
    "inbox",
    "notify",
    "notify_confirm",
    "notify_mail",
    "notify_mail_forget",
    "notify_off",
    "number_carrier",
    "number_disown",
    "roll_answer",
    "roll_wish",
    "set_language",
    # For whoever has no session; with one they lead to the link.
    "counter_code",
    "counter_phone",
    "gift_code",
    "gift_phone",
    "packet_code",
    "packet_phone",
}
Sent = tuple[list[str], dict[str, Any]]


def _own_data(world: World) -> dict[str, Any]:
    return {"package": f"{opaque_id('num', world.number.pk)}.{given.PACKAGE}", "mb": 10}


def _campaign(world: World) -> Campaign:
    found = Campaign.objects.filter(sponsor__members__user=world.me.user).first()
    assert world.me.user is not None
    return found or given.a_campaign(
        sponsor=given.a_sponsor(owner=world.me.user, coins=5_000, now=world.now), now=world.now
    )


def _sponsor(world: World) -> str:
    return opaque_id("hld", _campaign(world).sponsor_id)


def _of_campaign(world: World) -> list[str]:
    return [_sponsor(world), opaque_id("cmp", _campaign(world).pk)]


def _of_task(world: World) -> list[str]:
    mine: Task = given.a_task(campaign=_campaign(world), now=world.now)
    return [*_of_campaign(world), opaque_id("tsk", mine.pk)]


def _member(world: World) -> list[str]:
    return [one(world) for one in world_holders.SEVERAL["change_role"].values()]


def _at_office(*names: str) -> Callable[[World], list[str]]:
    door = {"found": "answer_break", "statement": "dispute_line", "line": "dispute_line"}
    return lambda world: [
        offices.office_places(door.get(name, "office"), [name], world)[name] for name in names
    ]


def _goods(world: World) -> Sent:
    partners.BODIES["purchases_create"](world)
    asked = {"count": 1, "msisdn": world.number.msisdn, "price": 30}
    return [opaque_id("prd", goods("music-month").pk)], asked


def _digits(world: World) -> Sent:
    asked = [PLACES["add_number"](world)]
    return asked, {"code": BODIES["add_number"](world)["digits"]}


def _buying(world: World) -> dict[str, Any]:
    asked = {
        "side": Order.Side.BUY,
        "kind": Order.Kind.LIMIT,
        "price_coins": 10,
        "lots": 1,
        "key": uuid4(),
    }
    return {f"buy-{name}": value for name, value in asked.items()}


def _file(_world: World) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("usage.csv", f"{','.join(HEADER)}\n".encode())}


def _at(place: str) -> Callable[[World], list[str]]:
    return lambda world: [PLACES[place](world)]


def _nowhere(_world: World) -> list[str]:
    return []


def _asks(**asked: object) -> Callable[[World], dict[str, Any]]:
    return lambda _world: asked


_TASK = {"title_zh": "看", "title_en": "See", "minutes": 1, "url": "https://a.example/"}
_INVITES = {"msisdn": "13344445555", "role": "viewer"}
_STAGES = {"install": 5, "day1": 5, "day7": 5}
#: What each page's address leaves open, and what is sent; a key is added to each.
_SENT: dict[str, tuple[Callable[[World], list[str]], Callable[[World], dict[str, Any]]]] = {
    "campaign": (_of_campaign, _asks(coins=5)),
    "campaign_new": (lambda world: [_sponsor(world)], _asks(name="夏天", coins=5)),
    "campaign_steer": (_of_campaign, _asks(to="paused")),
    "carrier_line_dispute": (_at_office("carrier", "statement", "line"), _asks(reason="没有")),
    "carrier_statement_confirm": (_at_office("carrier", "statement"), _asks()),
    "close": (
        _nowhere,
        lambda world: {**BODIES["close_wallet"](world), "is_sure": "on", "finally": "1"},
    ),
    "convert": (_nowhere, BODIES["conversions_create"]),
    "counter_claim": (_at("claim_code"), _asks()),
    "deliver": (_nowhere, BODIES["deliveries_create"]),
    "deposits": (_nowhere, _own_data),
    "gift_claim": (_at("claim_gift"), _asks()),
    "gift_new": (_nowhere, _asks(what=COIN, amount=10)),
    "identity": (
        _nowhere,
        lambda _: {"name": "张三", "identity_number": an_identity(), "method": "face"},
    ),
    "invitation": (_at("accept_invitation"), _asks(accept="1")),
    "market_book": (lambda world: [opaque_id("bok", world.book.pk)], _buying),
    "market_book_full": (lambda world: [opaque_id("bok", world.book.pk)], _buying),
    "member": (_member, _asks(role="manager")),
    "merchant_counter": (_at("show_code"), _asks(coins=10)),
    "number_add": (_nowhere, BODIES["ask_number_code"]),
    "number_login": (_at("change_login"), _asks()),
    "number_release": (_at("release_number"), _asks()),
    "office_break": (_at_office("carrier", "found"), _asks(text="漏了")),
    "organisation": (_at("invite_member"), _asks(**_INVITES)),
    "packet_new": (_nowhere, _asks(kind="lucky", coins=10, share_count=2)),
    "packet_open": (_at("open_packet"), _asks()),
    "save": (_nowhere, _own_data),
    "sponsor_packet": (
        lambda world: [_sponsor(world)],
        _asks(kind="lucky", coins=10, share_count=2),
    ),
    "sponsor_secret": (lambda world: [_sponsor(world)], _asks()),
    "take_backs": (_nowhere, _own_data),
    "task": (
        lambda world: [opaque_id("tsk", given.a_task(now=world.now).pk)],
        _asks(),
    ),
    "task_new": (_of_campaign, _asks(**_TASK, **_STAGES)),
    "task_steer": (_of_task, _asks(to="closed")),
    "usage_uploads": (_at_office("carrier"), _file),
}
_SENT_TOGETHER: dict[str, Callable[[World], Sent]] = {"number_code": _digits, "product": _goods}


def pages() -> dict[str, int]:
    """Return every page of the wallet's and the exchange's by name, and how many places it has."""
    found: dict[str, int] = {}
    for pattern in get_resolver().reverse_dict.lists():
        name, ways = pattern
        if isinstance(name, str):
            path, places = ways[0][0][0]
            if not path.startswith(("admin/", "api/", "seals/", "healthz", "readyz")):
                found[name] = len(places)
    return found


def takes_posts(client: Client, name: str, places: int) -> bool:
    """Tell whether a page hears a POST, whatever it answers."""
    return client.post(reverse(name, args=["x"] * places)).status_code != 405


def test_every_page_that_takes_a_form_is_known(world: World) -> None:
    client = Client(raise_request_exception=False)
    assert world.me.user is not None
    client.force_login(world.me.user)
    posted = {name for name, places in pages().items() if takes_posts(client, name, places)}
    assert posted == {*_SENT, *_SENT_TOGETHER, *OPEN_TO_THE_FROZEN}


def test_whoever_is_frozen_is_told_so_on_every_page_that_moves_something(world: World) -> None:
    ready = {name: (places(world), asked(world)) for name, (places, asked) in _SENT.items()}
    ready |= {name: both(world) for name, both in _SENT_TOGETHER.items()}
    freeze_holder(holder=world.me, now=world.now)
    client = Client()
    assert world.me.user is not None
    client.force_login(world.me.user)
    before = rows_of_everything()
    silent = {}
    for name, (places, asked) in ready.items():
        answer = client.post(reverse(name, args=places), {"key": uuid4(), **asked}, follow=True)
        if SAID not in answer.content.decode():
            silent[name] = (answer.status_code, answer.redirect_chain)
    assert silent == {}
    # Whom a task was shown to is counted for its sponsor.
    assert {table for table, _rows in rows_of_everything().items() ^ before.items()} == {
        "wallet_taskreach"
    }
