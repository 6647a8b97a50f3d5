"""What accounts hold now, whether they keep a balance row or are summed."""

from datetime import datetime

import pytest

from ledger.operations import open_months, post
from ledger.queries import Holding, amount_at, holdings_at, holdings_under
from ledger.rules import COIN, move
from tests.ledger.worlds import ISSUER, a_holder_with, a_posting, coins, main_of

pytestmark = pytest.mark.django_db
DATA = "DATA-CT-2026-12"


def test_untracked_accounts_are_held_too(now: datetime) -> None:
    open_months(now=now)
    main = main_of(a_holder_with(30, at=now))
    post(a_posting(*coins(10, main, ISSUER), at=now))
    post(a_posting(*move(asset=DATA, amount=5, source="system/sold", target=main), at=now))
    emptied = main_of(a_holder_with(2, at=now))
    post(a_posting(*coins(2, emptied, ISSUER), at=now))
    assert holdings_at([main, ISSUER, emptied, "issuer/nobody"]) == [
        Holding(main, COIN, 20),
        Holding(main, DATA, 5),
        Holding(ISSUER, COIN, -20),
    ]
    assert holdings_under("system/") == [Holding("system/sold", DATA, -5)]
    assert amount_at(ISSUER, COIN) == -20
    assert amount_at("issuer/nobody", COIN) == 0
