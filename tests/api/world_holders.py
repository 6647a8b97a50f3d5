"""What to ask for at the doors of numbers, and of counters one serves at."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests import given_numbers
from tests.given_identity import an_identity
from tests.given_merchants import a_code, a_merchant
from wallet.closures.queries import residue_of
from wallet.holders.rules import opaque_id
from wallet.merchants.queries import token_for
from wallet.numbers.models import NumberCode
from wallet.numbers.queries import digits_of

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


def _merchant(world: "World") -> str:
    assert world.me.user is not None
    return opaque_id("hld", a_merchant(coins=100, owner=world.me.user, now=world.now).pk)


def _counter_code(world: "World") -> str:
    return token_for(a_code(a_merchant(coins=100, now=world.now), now=world.now))


PLACES: dict[str, Callable[["World"], str]] = {
    "add_number": _code,
    "change_login": _second,
    "claim_code": _counter_code,
    "counter_code": _counter_code,
    "counter_codes": _merchant,
    "port_number": _second,
    "release_number": _second,
    "show_code": _merchant,
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
    "port_number": lambda _world: {"carrier": "CT"},
    "show_code": lambda _world: {"coins": 10},
}
