"""Every story of conversions ends with clean books."""

from collections.abc import Iterator

import pytest

from tests.wallet.convert.world import broken_proofs


@pytest.fixture
def clean_books(db: None) -> Iterator[None]:
    """Run the ledger's and the conversions' proofs after the test."""
    yield
    assert broken_proofs() == []
