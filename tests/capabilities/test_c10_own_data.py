"""C10: see, deposit, take back, give and export own data; top up any number."""

import re
import uuid

import pytest
from django.utils import timezone

from ledger.queries import amount_at
from tests import given
from tests.carrying import attest, carriers_answer
from tests.wallet.convert.world import reachable
from wallet.convert.models import Conversion
from wallet.convert.operations import settle_conversions
from wallet.gift.models import Gift
from wallet.holders.models import Holder
from wallet.holders.rules import opaque_id
from wallet.rollover.operations.deposits import settle_deposits
from wallet.rollover.operations.take_backs import settle_take_backs

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["CT", "CU", "CM", "MV"])
def holder(request: pytest.FixtureRequest) -> Holder:
    given.open_ledger_today()
    holder = given.a_holder(coins=200, carrier=request.param, now=timezone.now())
    month = given.this_month()
    attest(holder.numbers.get(), month=month, as_of=f"{month:%Y-%m}-01")
    return holder


def settled() -> None:
    carriers_answer(now=timezone.now())
    settle_deposits(now=timezone.now())
    settle_take_backs(now=timezone.now())
    settle_conversions(now=timezone.now())


def on_line(holder: Holder) -> int:
    number = holder.numbers.get()
    asset = f"SURPLUS-{number.carrier_id}-{given.this_month():%Y-%m}"
    return amount_at(f"line/{number.pk}/{given.PACKAGE}", asset)


def ask(holder: Holder, path: str, **body: object) -> int:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    client = given.client_of(holder)
    return client.post(f"/api/v1/{path}", body, format="json", headers=headers).status_code


def test_own_data_is_seen_deposited_taken_back_given_and_exported(holder: Holder) -> None:
    number = opaque_id("num", holder.numbers.get().pk)
    own = {"number": number, "package": given.PACKAGE}
    assert ask(holder, "deposits", mb=800, **own) == 202
    settled()
    assert ask(holder, "take-backs", mb=300, **own) == 202
    settled()
    asset = f"SURPLUS-{holder.numbers.get().carrier_id}-{given.this_month():%Y-%m}"
    assert ask(holder, "gifts", amount=100, asset=asset, **own) == 201
    assert (on_line(holder), Gift.objects.get().amount) == (400, 100)
    home = re.sub(r"\s+", " ", given.client_of(holder).get("/").content.decode())
    for shown in ("2,048 MB", "548 MB", "剩 1,000 MB", "400 MB"):
        assert shown in home
    exported = given.client_of(holder).get("/history.csv").getvalue().decode("utf-8-sig")
    assert len(exported.splitlines()) == 1 + 4  # the coins, a deposit, a take-back, a gift


@pytest.mark.parametrize("carrier", ["CT", "CU", "CM", "MV"])
def test_any_number_is_topped_up(holder: Holder, carrier: str) -> None:
    reachable(carrier)
    stranger = given.an_msisdn(carrier=carrier)
    assert ask(holder, "conversions", msisdn=stranger, coins=100) == 202
    settled()
    row = Conversion.objects.get()
    assert (row.state, row.carrier_id) == (Conversion.State.DELIVERED, carrier)
