"""What was done at once is compared with some order of it, and a close takes its time."""

from datetime import date, timedelta

import pytest
from django.db import connections, transaction

from ledger import registry
from ledger.queries import month_state
from ledger.rules import COIN, Posting, account_id, derived_id, month_after, move, starts_at
from tests.ledger.against_model import Action, disagreement, done, serial_order
from tests.ledger.drafts import PEOPLE
from tests.ledger.model import Model
from tests.races.threads import in_thread
from tests.waiting import in_line, until

pytestmark = [pytest.mark.own_database, pytest.mark.quiet]

OCTOBER = date(2026, 10, 1)
LOW, HIGH = sorted(PEOPLE[:2], key=lambda address: account_id(address=address, asset=COIN))


def a_single(name: str, *, kind: str, source: str, target: str) -> Action:
    legs = move(asset=COIN, amount=1, source=source, target=target)
    at = starts_at(OCTOBER) + timedelta(days=9)
    return Action(
        "single", [Posting(id=derived_id(name), kind=kind, at=at, actor="test", legs=legs)]
    )


def test_a_month_set_closing_is_seen_both_ways_until_its_close_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("_stages", "_blockers", "_freezers"):
        monkeypatch.setattr(registry, name, {})
    model = Model()
    before = [
        *(Action("open", month=month_after(OCTOBER, ahead)) for ahead in range(2)),
        *(a_single(to, kind="correction", source="issuer/CT", target=to) for to in (LOW, HIGH)),
    ]
    for action in before:
        assert disagreement(action, done(action), model) is None
    late = a_single("late", kind="gift_send", source=LOW, target=HIGH)
    begins = Action("begin", month=OCTOBER)
    expires = a_single("expires", kind="expire", source=HIGH, target="issuer/CT")
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT FROM ledger_balance_row WHERE account_id = %s FOR UPDATE",
            [account_id(address=LOW, asset=COIN)],
        )
        posting = in_thread(lambda: done(late))  # has read the month open, and waits
        in_line(1)
        closing = in_thread(lambda: done(begins))
        until(lambda: month_state(OCTOBER) == "closing")
        expired = done(expires)  # has seen it closing, and moves the other balance first
    lists = [[late], [begins], [expires]]
    given = [[posting.result()], [closing.result()], [expired]]
    after = serial_order(lists, given, model)
    assert after is not None
    assert (after.months[OCTOBER], after.turning) == ("closing", None)
