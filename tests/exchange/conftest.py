"""Doors of the market read a clock in the middle of a month: at its end they refuse what tests ask."""

from collections.abc import Iterator

import pytest

from tests.clock import doors_at
from tests.given import NOW


@pytest.fixture(autouse=True)
def _in_the_middle_of_a_month() -> Iterator[None]:
    with doors_at(NOW):
        yield
