"""Doors of the market read a clock in the middle of a month: at its end they refuse what tests ask."""

import pytest
from django.utils import timezone

from tests.given import NOW


@pytest.fixture(autouse=True)
def _in_the_middle_of_a_month(monkeypatch: pytest.MonkeyPatch) -> None:
    # By the test's own monkeypatch: what it sets itself is then undone before this, in turn.
    read, ahead = timezone.now, timezone.now() - NOW
    monkeypatch.setattr("django.utils.timezone.now", lambda: read() - ahead)
