"""What the demo says when it serves."""

import re

import pytest
from django.test import Client

from config.demo.cast import SPEAKS_FOR, speaker
from config.demo.summary import how_to_log_in
from tests.given import NOW, a_carrier
from wallet.holders.models import User

pytestmark = pytest.mark.django_db


def test_the_address_where_codes_show_is_a_page(settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    first = next(how_to_log_in(url="http://127.0.0.1:8000"))
    shown = re.findall(r"http://127\.0\.0\.1:8000(/\S+)", first)
    assert len(shown) == 1
    client = Client(headers={"host": "127.0.0.1"})
    assert client.get(shown[0]).status_code == 200


def test_a_carriers_console_is_shown_to_whoever_speaks_for_it() -> None:
    assert "a carrier" not in "\n".join(how_to_log_in(url=""))
    a_carrier(SPEAKS_FOR)
    office = speaker(now=NOW)
    line = next(line for line in how_to_log_in(url="") if "a carrier" in line)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(phone=f"+86{re.findall(r'[0-9]{11}', line)[0]}"))
    console = client.get(line.split()[-1], follow=True)
    assert console.status_code == 200
    assert f"/office/{office.carrier_id}/" in console.redirect_chain[-1][0]
