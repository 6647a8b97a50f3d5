"""The settings are safe for production by default, and refuse half a production."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from pydantic import ValidationError

from config.environment import Environment

CHECKOUT = Path(__file__).resolve().parents[2]
KEY = "k3" + "abcdefghijklmnopqrstuvwxyz" * 2
PRODUCTION = {
    "DATABASE_URL": "postgresql://flowcoin_app:x@127.0.0.1:1/flowcoin",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": KEY,
    "LINK_KEY": KEY,
    "SEAL_KEY": "5e" * 32,
    "ALLOWED_HOSTS": "coins.example",
    "PUBLIC_URL": "https://coins.example",
}


def _manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        check=False,
        cwd=CHECKOUT,
        env={**plain, **environment},
        capture_output=True,
        text=True,
    )


def test_deploy_check_is_clean() -> None:
    done = _manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


def test_deploy_check_is_clean_without_the_exchange() -> None:
    done = _manage(
        "check", "--deploy", "--fail-level", "WARNING", **{**PRODUCTION, "EXCHANGE": "off"}
    )
    assert done.returncode == 0, done.stderr


def test_migrating_needs_the_owner() -> None:
    done = _manage("migrate", **PRODUCTION)
    assert done.returncode != 0
    assert "DATABASE_OWNER_URL" in done.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "LINK_KEY", "SEAL_KEY", "REDIS_URL"])
def test_half_a_production_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for each, value in PRODUCTION.items():
        monkeypatch.setenv(each, value)
    monkeypatch.delenv(name)
    with pytest.raises(ValidationError, match=name):
        Environment()


def test_defaults_are_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Environment.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    default = Environment()
    assert (default.debug, default.demo, default.is_secure) == (False, False, True)
    assert default.allowed_hosts == ()


def test_hosts_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "a.example, b.example")
    assert Environment().allowed_hosts == ("a.example", "b.example")


@pytest.mark.parametrize("workers", ["-1", "65", "two"])
def test_workers_of_a_close_are_a_number_that_can_be(
    workers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SETTLE_WORKERS", workers)
    with pytest.raises(ValidationError, match="settle_workers"):
        Environment()


def test_a_close_is_worked_by_as_many_as_there_are_cores() -> None:
    asked = "from django.conf import settings; print(settings.SETTLE_WORKERS)"
    done = _manage("shell", "--no-imports", "-c", asked, **PRODUCTION)
    assert done.stdout.split() == [str(min(len(os.sched_getaffinity(0)), 8))], done.stderr


def test_pages_allow_no_inline_script_or_style() -> None:
    policy = Client().get("/healthz", headers={"host": "127.0.0.1"})["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_admin_alone_is_loosened() -> None:
    answer = Client().get("/admin/nothing", headers={"host": "127.0.0.1"})
    assert "'unsafe-eval'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("key", ["5e" * 31, "5g" * 32])
def test_key_of_seals_is_hexadecimal(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEAL_KEY", key)
    with pytest.raises(ValidationError, match="SEAL_KEY"):
        Environment()
