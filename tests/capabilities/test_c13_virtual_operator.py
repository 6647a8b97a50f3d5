"""C13: a virtual operator is a fourth adaptor, by configuration: its row says where it is."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from ledger.queries import coins_in
from tests import given
from tests.wallet.carriers.simulators import a_simulator
from tests.wallet.convert.world import broken_proofs
from wallet.carriers.adaptors.choice import adaptor_for
from wallet.carriers.models import Carrier
from wallet.carriers.operations import serve_carrier
from wallet.convert.models import Conversion
from wallet.convert.operations import settle_conversions
from wallet.holders.models import User
from wallet.holders.operations import add_number
from wallet.holders.queries import main_of
from wallet.holders.sentences import carrier_words

pytestmark = pytest.mark.django_db
NAMES = {"name_zh": "牛牛移动二号", "name_en": "Niuniu Mobile II"}


def configured(code: str, url: str, *, is_virtual: bool) -> Carrier:
    """Write a carrier's row in the admin, as its operator would, and return it."""
    admin = User.objects.create_superuser("+8613700137008")
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(admin)
    is_there = Carrier.objects.filter(pk=code).exists()
    where = f"{code}/change" if is_there else "add"
    row = {**NAMES, "code": code, "adaptor": "tmf654", "base_url": url}
    row |= {"calls_at_once": "4", "answer_ms_max": "5000"}
    answer = client.post(
        f"/admin/wallet/carrier/{where}/", {**row, **({"is_virtual": "on"} if is_virtual else {})}
    )
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return Carrier.objects.get(pk=code)


def bought_on(client: Client, msisdn: str, carrier: str) -> Conversion:
    """Turn 40 coins into data on a page, naming the carrier."""
    asked = {"msisdn": msisdn, "coins": 40, "carrier": carrier, "key": str(uuid4())}
    answer = client.post("/convert/", asked)
    assert answer.status_code == 302, answer.content.decode()
    return Conversion.objects.latest("made_at")


def now() -> datetime:
    return timezone.now()


@pytest.mark.parametrize("code", ["MV", "MW"], ids=["the fourth", "one more"])
def test_a_virtual_operator_joins_by_its_row_alone(code: str) -> None:
    # A simulator plays one of the carriers it knows; the row alone says whose it is here.
    with a_simulator(carrier="MV") as url:
        assert carrier_words(code) not in NAMES.values()
        carrier = configured(code, url, is_virtual=True)
        holder = given.a_holder(coins=100, carrier="MV", now=now())
        number = holder.numbers.get()
        if code != "MV":
            number = add_number(
                holder=holder, msisdn=given.an_msisdn(carrier="MV"), carrier=code, now=now()
            )
        assert holder.user is not None
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(holder.user)
        page = client.get("/convert/").content.decode()
        assert f'<option value="{code}">' in page
        assert NAMES["name_zh"] in page
        row = bought_on(client, number.msisdn, code)
        adaptor = adaptor_for(carrier=carrier)
        assert adaptor is not None
        serve_carrier(adaptor=adaptor, clock=timezone.now)
        settle_conversions(now=now())
        row.refresh_from_db()
        assert (row.carrier_id, row.state) == (code, "delivered")
    assert coins_in(f"carrier/{code}/payable") == 40
    assert coins_in(main_of(holder)) == 60
    assert broken_proofs() == []
