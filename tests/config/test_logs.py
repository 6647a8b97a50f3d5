"""Logs are JSON for machines, one object a line, with the request's id."""

import json
import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SCRIPT = """
import django
django.setup()
from django.test import Client
Client().get("/healthz", headers={"host": "127.0.0.1"})
import logging
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("somebody.else").exception("A fault.")
"""


def _lines(**environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        check=True,
        cwd=CHECKOUT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **environment},
        capture_output=True,
        text=True,
    )
    return done.stderr.splitlines()


def test_each_line_is_json_with_the_request() -> None:
    lines = [json.loads(line) for line in _lines(DEMO="off")]
    ids = {line["request_id"] for line in lines if line["event"].startswith("request_")}
    assert len(ids) == 1, lines
    fault = lines[-1]
    assert (fault["event"], fault["level"]) == ("A fault.", "error")
    assert "ZeroDivisionError" in fault["exception"]


def test_a_person_reads_lines() -> None:
    lines = _lines(DEMO="on")
    assert not lines[0].startswith("{")
    assert any("request_started" in line and "request_id=" in line for line in lines)


def test_a_fault_in_lines_for_people_tells_no_locals() -> None:
    fault = "\n".join(_lines(DEMO="on"))
    assert "ZeroDivisionError" in fault
    assert "locals" not in fault
