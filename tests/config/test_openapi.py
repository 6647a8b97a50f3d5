"""The API describes itself, and its viewer needs no other site."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
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


def test_kept_file_is_what_the_code_says(tmp_path: Path) -> None:
    made = tmp_path / "openapi.json"
    call_command(
        "spectacular",
        "--validate",
        "--fail-on-warn",
        format="openapi-json",
        file=str(made),
        verbosity=0,
    )
    kept = Path(settings.BASE_DIR) / "docs/openapi.json"
    assert json.loads(made.read_text()) == json.loads(kept.read_text()), "Run `make openapi`."
