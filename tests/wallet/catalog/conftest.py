"""Every story of the catalog ends with clean books."""

from collections.abc import Iterator

import pytest

from tests.wallet.catalog.world import broken_proofs


@pytest.fixture
def clean_books(db: None) -> Iterator[None]:
    """Run the ledger's, the merchants' and the catalog's proofs after the test."""
    yield
    assert broken_proofs() == []
