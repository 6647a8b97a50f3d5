"""O3: a wind-down ends with nothing outstanding: delivered as data, or owed as money by issuers."""

from datetime import datetime

import pytest

from ledger.proofs.queries import findings
from ledger.queries import amount_at, coins_in
from ledger.rules import CNY, COIN
from tests.carrying import carriers_answer
from tests.given import NOW
from tests.given_winddown import a_service, a_wind_down
from wallet.convert.models import Conversion
from wallet.holders.queries import main_of
from wallet.refunds.models import CashRefund
from wallet.refunds.queries import owed_by_issuers
from wallet.winddown.models import WindDown
from wallet.winddown.operations import Advance, advance_wind_down
from wallet.winddown.queries import coins_left

pytestmark = pytest.mark.own_database  # its proofs look from sessions of their own


def to_the_end(*, now: datetime = NOW) -> Advance:
    """Go on, carriers answering whenever they are waited for."""
    for _ in range(200):
        advance = advance_wind_down(now=now)
        if advance.has_ended:
            return advance
        if not advance.done:
            assert carriers_answer(now=now), f"It waits for nobody: {advance}."
    raise AssertionError("It does not end.")


def test_a_wind_down_ends_with_nothing_outstanding() -> None:
    service = a_service()
    issued = sum(owed_by_issuers().values())
    a_wind_down()
    to_the_end()
    assert WindDown.objects.get().ended_at == NOW
    assert owed_by_issuers() == {}
    assert coins_left() == []
    assert [found for found in findings() if not found.is_clean] == []
    # What the near one had, set aside or not, is on its phone; the far one is owed money.
    sent = Conversion.objects.get(holder=service.near)
    assert (sent.coins, sent.state) == (900, Conversion.State.DELIVERED)
    owed = CashRefund.objects.filter(holder=service.far)
    assert sum(row.coins for row in owed) == 700
    assert sum(row.fen for row in owed) >= 700
    everything = CashRefund.objects.all()
    assert sum(row.coins for row in everything) == issued
    for issuer in {row.issuer_id for row in everything}:
        listed = sum(row.fen for row in everything if row.issuer_id == issuer and row.holder_id)
        assert amount_at(f"issuer/{issuer}/refunds", CNY) == listed
        assert coins_in(f"issuer/{issuer}") == 0
    assert amount_at(main_of(service.near), COIN) == 0
    assert amount_at("carrier/CT/deposited", "SURPLUS-CT-2026-11") == 0
