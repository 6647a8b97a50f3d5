"""An id has one spelling, and an amount is a whole number that fits."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.holders.rules import BadAmount, UnknownId, checked_amount, opaque_id, uuid_in


@given(st.uuids())
def test_an_id_comes_back(value: UUID) -> None:
    text = opaque_id("gft", value)
    assert text.startswith("gft_")
    assert text == text.lower()
    assert uuid_in("gft", text) == value


@given(st.uuids(), st.text(max_size=30))
def test_nothing_else_is_an_id(value: UUID, noise: str) -> None:
    text = opaque_id("gft", value)
    for wrong in (noise, f"gft_{noise}", text.upper(), text + "a", text.replace("gft", "ord")):
        with pytest.raises(UnknownId):
            uuid_in("gft", wrong)


def test_the_unused_bits_name_nothing_else() -> None:
    text = opaque_id("gft", UUID(int=0))
    with pytest.raises(UnknownId):
        uuid_in("gft", text[:-1] + "b")


@pytest.mark.parametrize("amount", [0, -1, 2**63, 1.0, True, "1", None])
def test_a_bad_amount_is_refused(amount: int) -> None:
    with pytest.raises(BadAmount):
        checked_amount(amount)


@pytest.mark.parametrize("amount", [1, 2**63 - 1])
def test_an_amount_passes(amount: int) -> None:
    assert checked_amount(amount) == amount
