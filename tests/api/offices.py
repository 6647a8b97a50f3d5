"""What the doors of carriers' consoles and statements leave open, and what they take."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ledger.rules import month_after, month_name
from tests import given
from tests.given_clearing import an_office
from wallet.carriers.models import Break
from wallet.carriers.usage.rules import HEADER
from wallet.clearing.models import Clearing, ClearingLine, ClearingStatement
from wallet.holders.rules import opaque_id
from wallet.offices.operations import upload_usage

if TYPE_CHECKING:
    from tests.api.world import World

CARRIER = "CT"
FILE = f"{','.join(HEADER)}\n"


def _carrier(world: "World") -> str:
    assert world.me.user is not None
    return an_office(CARRIER, owner=world.me.user, now=world.now).carrier_id


def _break(world: "World") -> str:
    row = Break.objects.create(
        carrier=given.a_carrier(CARRIER),
        kind="not_listed",
        reference=str(uuid4()),
        found_at=world.now,
    )
    return opaque_id("brk", row.pk)


def _upload(world: "World") -> str:
    assert world.me.user is not None
    row = upload_usage(
        carrier=given.a_carrier(CARRIER),
        name="usage.csv",
        content=FILE.encode(),
        by=world.me.user,
        key=uuid4(),
        now=world.now,
    )
    return opaque_id("upl", row.pk)


def _held(world: "World") -> ClearingLine:
    """Return the one line of a statement of the month before."""
    month = month_after(given.this_month(), -1)
    clearing, _ = Clearing.objects.get_or_create(pk=month, defaults={"struck_at": world.now})
    statement, _ = ClearingStatement.objects.get_or_create(
        clearing=clearing,
        carrier=given.a_carrier(CARRIER),
        defaults={"pk": uuid4(), "made_at": world.now},
    )
    line, _ = ClearingLine.objects.get_or_create(
        statement=statement,
        defaults={
            "pk": uuid4(),
            "side": "charge",
            "kind": "charge",
            "month": month,
            "counterpart": given.a_carrier(CARRIER),
            "coins": 5,
        },
    )
    return line


def _statement(world: "World") -> str:
    return opaque_id("stm", _held(world).statement_id)


def _line(world: "World") -> str:
    return opaque_id("stl", _held(world).pk)


def _month(_world: "World") -> str:
    return month_name(given.this_month())


#: By door, by place of its path.
OFFICE_PLACES: dict[str, dict[str, Callable[["World"], str]]] = {
    "office": {},
    "office_instructions": {},
    "office_breaks": {},
    "answer_break": {"found": _break},
    "usage_uploads": {},
    "upload_usage": {},
    "usage_upload": {"upload": _upload},
    "carrier_statements": {},
    "carrier_statement": {"statement": _statement},
    "confirm_statement": {"statement": _statement},
    "confirm_line": {"statement": _statement, "line": _line},
    "dispute_line": {"statement": _statement, "line": _line},
    "line_transactions": {"statement": _statement, "line": _line},
    "corrections": {"month": _month},
}
OFFICE_BODIES: dict[str, Callable[["World"], dict[str, Any]]] = {
    "answer_break": lambda _world: {"text": "我们的日账漏了"},
    "upload_usage": lambda _world: {"name": "usage.csv", "content": FILE},
    "dispute_line": lambda _world: {"reason": "没有这一笔"},
}


def office_places(door: str, names: list[str], world: "World") -> dict[str, str]:
    """Return what the path of a console's door leaves open, filled in."""
    by_name = {"carrier": _carrier, **OFFICE_PLACES[door]}
    return {name: by_name[name](world) for name in names}
