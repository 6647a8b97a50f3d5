"""What the demo says when it serves."""

import re

import pytest
from django.test import Client

from config.demo.summary import how_to_log_in

pytestmark = pytest.mark.django_db


def test_the_address_where_codes_show_is_a_page(settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    first = next(how_to_log_in(url="http://127.0.0.1:8000"))
    shown = re.findall(r"http://127\.0\.0\.1:8000(/\S+)", first)
    assert len(shown) == 1
    client = Client(headers={"host": "127.0.0.1"})
    assert client.get(shown[0]).status_code == 200
