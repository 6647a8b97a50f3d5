"""N5: one purchase, every carrier and partner, an honest "unknown" that says when it is decided."""

import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from ledger.queries import coins_in
from tests import given
from tests.given_catalog import CODE, Market, a_market, a_simulated_partner, buy
from tests.wallet.carriers.simulators import PATIENT
from tests.wallet.catalog.world import broken_proofs as broken_catalog
from tests.wallet.catalog.world import places
from tests.wallet.convert.world import broken_proofs, carriers, convert, listed
from wallet.carriers.instructions.operations import report_undecided
from wallet.carriers.instructions.rules import day_of
from wallet.carriers.models import Break, Instruction
from wallet.catalog.adaptors.tmf622 import Tmf622Adaptor
from wallet.holders.models import Holder
from wallet.holders.queries import main_of
from wallet.holders.rules import opaque_id

CARRIERS = ["CT", "CU", "CM", "MV"]
LATEST = re.compile(r"最晚 (\d\d-\d\d \d\d:\d\d) 有结果")
#: Every call is answered 500; half of what was asked is done all the same.
UNSURE = ("--error-500", "1")


@pytest.fixture
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: given.NOW)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_clock")]


def decided_by(holder: Holder, path: str) -> str:
    """Return by when a page says that it is decided; nothing if it does not say."""
    assert holder.user is not None
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(holder.user)
    found = LATEST.search(client.get(path).content.decode())
    return found[1] if found else ""


#: When the statements of today and of tomorrow are both final: within a day of tomorrow's end.
LATEST_OF_NOW = f"{day_of(given.NOW) + timedelta(days=2):%m-%d} 02:00"


@pytest.mark.parametrize("carrier", CARRIERS)
def test_coins_stay_held_until_a_statement_decides(carrier: str, tmp_path: Path) -> None:
    holder = given.a_holder(coins=100, carrier=carrier)
    number = holder.numbers.get().msisdn
    kept = ["--state", str(tmp_path / "carrier.sqlite3")]
    with carriers(at=given.NOW, unlike=None, **{carrier: [*kept, *UNSURE]}) as world:
        rows = [convert(holder, msisdn=number, coins=10) for _ in range(3)]
        world.serve()
    assert set(Instruction.objects.values_list("state", flat=True)) == {"unknown"}
    assert coins_in(main_of(holder)) == 70
    for row in rows:
        assert decided_by(holder, f"/conversions/{opaque_id('cnv', row.pk)}/") == LATEST_OF_NOW
    with carriers(at=given.NOW, unlike=None, **{carrier: kept}) as world:
        world.read_final_statements()
        done = listed(world, carrier=carrier)
    for row in rows:
        row.refresh_from_db()
        assert row.state == ("delivered" if str(row.pk) in done else "refunded")
    assert {tuple(mb) for mb in done.values()} <= {(10,)}  # nothing was done twice
    assert coins_in(f"carrier/{carrier}/payable") == 10 * len(done)
    assert coins_in(main_of(holder)) == 100 - 10 * len(done)
    assert broken_proofs() == []


def test_a_partners_purchase_is_as_honest(tmp_path: Path) -> None:
    holder = given.a_holder(coins=100)
    kept = ("--state", str(tmp_path / "partner.sqlite3"))
    with a_market(*kept, *UNSURE) as market:
        rows = [buy(holder, "comics-week") for _ in range(3)]
        market.serve()
    assert {places(row)[:3] for row in rows} == {(64, 12, 0)}
    for row in rows:
        assert decided_by(holder, f"/purchases/{opaque_id('pur', row.pk)}/") == LATEST_OF_NOW
    with (
        a_simulated_partner(*kept) as url,
        closing(
            Tmf622Adaptor(carrier=CODE, base_url=url, limits=PATIENT, clock=market.clock)
        ) as up,
    ):
        Market(partner=market.partner, adaptor=up, clock=market.clock).read_final_statements()
        done = [line.ref for line in up.statement(day=day_of(given.NOW)).lines]
    for row in rows:
        row.refresh_from_db()
        assert row.state == ("delivered" if str(row.pk) in done else "refunded")
    assert len(set(done)) == len(done)
    assert places(rows[0])[:3] == (100 - 12 * len(done), 0, 12 * len(done))
    assert broken_catalog() == []


def test_what_nobody_decides_in_two_days_is_an_admins_case() -> None:
    holder = given.a_holder(coins=100)
    with carriers(CT=list(UNSURE)) as world, a_market(*UNSURE) as market:
        asked = [convert(holder, coins=10).pk, buy(holder).pk]
        world.serve()
        market.serve()
        assert report_undecided(now=given.NOW + timedelta(hours=47)) == []
        report_undecided(now=given.NOW + timedelta(hours=48))
    cases = Break.objects.filter(kind=Break.Kind.UNDECIDED, resolved_at=None)
    assert set(cases.values_list("reference", flat=True)) == set(map(str, asked))
    assert coins_in(main_of(holder)) == 60  # held all the while
