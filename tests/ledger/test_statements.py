"""A month's statement: from a closed month's balances, or from the entries before."""

from datetime import date, datetime, timedelta

import pytest

from ledger import registry
from ledger.months.operations import settle_month
from ledger.months.queries import StatementLine, statement_at
from ledger.operations import open_month, open_months, post
from ledger.rules import starts_at
from tests.ledger.worlds import ISSUER, a_holder_with, a_posting, coins, main_of

pytestmark = pytest.mark.own_database

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@pytest.mark.parametrize("is_closed", [False, True])
def test_statement_opens_with_what_the_month_before_left(
    now: datetime, monkeypatch: pytest.MonkeyPatch, *, is_closed: bool
) -> None:
    for name in ("_stages", "_blockers", "_freezers"):
        monkeypatch.setattr(registry, name, {})
    open_month(month=OCTOBER)
    open_months(now=now)
    october = starts_at(OCTOBER) + timedelta(days=5)
    holder = main_of(a_holder_with(100, at=october))
    post(a_posting(*coins(30, holder, ISSUER), at=october))
    if is_closed:
        settle_month(month=OCTOBER, now=now)
    post(a_posting(*coins(5, ISSUER, holder), at=now))
    post(a_posting(*coins(7, holder, ISSUER), at=now))
    assert statement_at(holder, month=OCTOBER) == [
        StatementLine(asset="COIN", opening=0, came=100, went=30)
    ]
    (november,) = statement_at(holder, month=NOVEMBER)
    assert (november.opening, november.came, november.went) == (70, 5, 7)
    assert november.closing == 68


def test_whoever_never_held_anything_has_an_empty_statement(now: datetime) -> None:
    open_months(now=now)
    assert statement_at("holder/nobody/main", month=NOVEMBER) == []
