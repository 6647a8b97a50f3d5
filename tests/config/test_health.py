"""The probes say what is down, and nothing more."""

import pytest
from django.test import Client

from config import health


@pytest.mark.django_db
def test_ready_when_everything_answers() -> None:
    answer = Client().get("/readyz", headers={"host": "127.0.0.1"})
    assert answer.status_code == 200, answer.content
    assert answer.json() == {
        "status": "ok",
        "database": "ok",
        "broker": "ok",
        "migrations": "ok",
    }


@pytest.mark.django_db
def test_unready_names_what_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_broker_answers", lambda: False)
    answer = Client().get("/readyz", headers={"host": "127.0.0.1"})
    assert answer.status_code == 503
    assert answer.json()["broker"] == "down"
    assert answer.json()["database"] == "ok"


def test_alive_without_a_database() -> None:
    answer = Client().get("/healthz", headers={"host": "127.0.0.1"})
    assert answer.json() == {"status": "ok"}
