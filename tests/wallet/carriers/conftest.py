"""Worlds for carriers' tests; none needs a database."""

from pathlib import Path

import pytest

from tests.wallet.carriers.simulators import USAGE


@pytest.fixture
def usage(tmp_path: Path) -> Path:
    """A usage file of one CT number with three packages, and one CM number."""
    path = tmp_path / "usage.csv"
    path.write_text(USAGE)
    return path
