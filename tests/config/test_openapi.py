"""The API describes itself, and its viewer needs no other site."""

import json
import re

import pytest
from django.test import Client


@pytest.fixture
def browser() -> Client:
    return Client(headers={"host": "127.0.0.1"})


def test_description_is_openapi_3(browser: Client) -> None:
    answer = browser.get("/api/v1/openapi.json", headers={"accept": "application/json"})
    assert answer.status_code == 200
    assert json.loads(answer.content)["openapi"].startswith("3.1")


def test_viewer_loads_from_here_alone(browser: Client) -> None:
    answer = browser.get("/api/v1/docs")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert re.findall(r'(?:src|href)="(?!/static/|/api/)([^"]+)"', page) == []
    assert "<script>" not in page
