"""What a number says by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.carriers.rules import (
    CARRIERS,
    MsisdnUnreadable,
    Quality,
    detected_by_prefix,
    is_msisdn,
    masked,
    normalised,
)


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "+86 138 0013 8000",
        "0086-138-0013-8000",
        "86 13800138000",
        " 138 0013 8000 ",
        "(138)0013.8000",
        "+8613800138000",
        "138\u20130013\u20138000",
        "138\u00a00013\u00a08000",
        "\uff0b86１３８００１３８０００",
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str) -> None:
    assert normalised(typed=typed) == "13800138000"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1380013800",
        "138001380001",
        "12800138000",
        "+1 13800138000",
        "1380013800a",
        "٠١٣٨٠٠١٣٨٠٠",
        "1" * 1000,
        "8613800138000 86",
    ],
)
def test_what_is_no_mainland_mobile_number_is_refused(typed: str) -> None:
    with pytest.raises(MsisdnUnreadable) as refused:
        normalised(typed=typed)
    assert (refused.value.code, refused.value.status) == ("msisdn_unreadable", 400)


@given(st.text(max_size=60))
def test_whatever_is_typed_becomes_a_number_or_a_refusal(typed: str) -> None:
    try:
        assert is_msisdn(text=normalised(typed=typed))
    except MsisdnUnreadable:
        assert not is_msisdn(text=typed)


def test_a_number_ending_in_a_line_break_is_not_stored() -> None:
    assert not is_msisdn(text="13800138000\n")


def test_the_mask_hides_the_middle() -> None:
    assert masked(msisdn="13800138000") == "138****8000"


@pytest.mark.parametrize(
    "prefix, carrier",
    [("138", "CM"), ("198", "CM"), ("186", "CU"), ("166", "CU"), ("189", "CT"), ("199", "CT")]
    + [(prefix, "MV") for prefix in ("162", "165", "167", "170", "171")],
)
def test_a_prefix_tells_the_original_carrier(prefix: str, carrier: str) -> None:
    detected = detected_by_prefix(msisdn=f"{prefix}00000000")
    assert (detected.carrier, detected.quality) == (carrier, Quality.PREFIX)
    assert carrier in CARRIERS


def test_an_unassigned_prefix_tells_nothing() -> None:
    assert detected_by_prefix(msisdn="14000000000").carrier is None
