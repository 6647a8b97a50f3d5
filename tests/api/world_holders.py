"""What to ask for at the doors of numbers, and of counters one serves at."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests import given, given_numbers
from tests.given_identity import an_identity
from tests.given_merchants import a_code, a_merchant
from wallet.closures.queries import residue_of
from wallet.holders.models import Holder, Member
from wallet.holders.operations import add_member
from wallet.holders.rules import opaque_id, uuid_in
from wallet.merchants.queries import token_for
from wallet.numbers.models import NumberCode
from wallet.numbers.operations import doubt_number
from wallet.numbers.queries import digits_of
from wallet.organisations.operations import invite_member

if TYPE_CHECKING:
    from tests.api.world import World


def _asked(world: "World") -> NumberCode:
    """Return the code I asked for: hourly ones are few."""
    asked = NumberCode.objects.filter(holder=world.me, used_at=None).first()
    return asked or given_numbers.a_code(world.me, now=world.now)


def _code(world: "World") -> str:
    return opaque_id("nbc", _asked(world).pk)


def _digits(world: "World") -> dict[str, Any]:
    return {"digits": digits_of(_asked(world))}


def _second(world: "World") -> str:
    another = world.me.numbers.exclude(pk=world.number.pk).first()
    return opaque_id("num", (another or given_numbers.a_proved_number(world.me, now=world.now)).pk)


def _doubted(world: "World") -> str:
    number = world.me.numbers.get(pk=uuid_in("num", _second(world)))
    return opaque_id("num", doubt_number(number=number, by="test", reason="?", now=world.now).pk)


def _merchant(world: "World") -> str:
    assert world.me.user is not None
    return opaque_id("hld", a_merchant(coins=100, owner=world.me.user, now=world.now).pk)


def _own(world: "World") -> Holder:
    """Return an organisation that I own."""
    assert world.me.user is not None
    member = Member.objects.filter(user=world.me.user).first()
    found = member.organisation if member else None
    return found or a_merchant(coins=1, owner=world.me.user, now=world.now).holder


def _colleague(world: "World") -> str:
    one = _own(world).members.exclude(user=world.me.user).first() or add_member(
        organisation=_own(world), user=given.a_user(now=world.now), role=Member.Role.VIEWER
    )
    return opaque_id("mbr", one.pk)


def _invitation(world: "World") -> str:
    owner = given.a_user(now=world.now)
    asked = invite_member(
        organisation=a_merchant(coins=1, owner=owner, now=world.now).holder,
        by=owner,
        msisdn=world.number.msisdn,
        role="viewer",
        key=uuid4(),
        now=world.now,
    )
    return opaque_id("inv", asked.pk)


def _organisation(world: "World") -> str:
    return opaque_id("hld", _own(world).pk)


def _counter_code(world: "World") -> str:
    return token_for(a_code(a_merchant(coins=100, now=world.now), now=world.now))


PLACES: dict[str, Callable[["World"], str]] = {
    "accept_invitation": _invitation,
    "end_invitation": _invitation,
    "invite_member": _organisation,
    "organisation_members": _organisation,
    "add_number": _code,
    "change_login": _second,
    "claim_code": _counter_code,
    "counter_code": _counter_code,
    "counter_codes": _merchant,
    "port_number": _second,
    "release_number": _second,
    "show_code": _merchant,
}
#: Doors whose path leaves several things open, or whose place would shut other doors.
SEVERAL: dict[str, dict[str, Callable[["World"], str]]] = {
    "change_role": {"organisation": _organisation, "member": _colleague},
    "remove_member": {"organisation": _organisation, "member": _colleague},
    "disown_number": {"id": _doubted},
}
BODIES: dict[str, Callable[["World"], dict[str, Any]]] = {
    "add_number": _digits,
    "check_identity": lambda _world: {
        "name": "张三",
        "identity_number": an_identity(),
        "method": "face",
    },
    "ask_number_code": lambda _world: {"msisdn": "13344445555"},
    "close_wallet": lambda world: {"gives_up_coins": residue_of(world.me).coins},
    "change_role": lambda _world: {"role": "manager"},
    "invite_member": lambda _world: {"msisdn": "13344445555", "role": "viewer"},
    "port_number": lambda _world: {"carrier": "CT"},
    "show_code": lambda _world: {"coins": 10},
}
