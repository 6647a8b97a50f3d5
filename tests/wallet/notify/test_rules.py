"""The night, the pauses between tries, and what is wanted: arithmetic."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from ledger.rules import SHANGHAI
from wallet.notify.rules import is_night, is_wanted, night_ends, pause_after

MESSAGE = UUID("1b4e28ba-2fa1-41d2-883f-0016d3cca427")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "is_quiet"),
    [
        ("16T21:59:59.999999", False),
        ("16T22:00:00", True),
        ("16T23:59:59", True),
        ("17T00:00:00", True),
        ("17T07:59:59.999999", True),
        ("17T08:00:00", False),
    ],
)
def test_the_night_is_from_ten_until_eight(moment: str, is_quiet: bool) -> None:
    assert is_night(at(moment), from_hour=22, until_hour=8) is is_quiet
    assert is_night(at(moment).astimezone(UTC), from_hour=22, until_hour=8) is is_quiet


@pytest.mark.parametrize(
    ("moment", "morning"),
    [
        ("16T21:59:59", "16T21:59:59"),
        ("16T22:00:00", "17T08:00:00"),
        ("17T03:00:00", "17T08:00:00"),
        ("17T07:59:59", "17T08:00:00"),
        ("17T08:00:00", "17T08:00:00"),
    ],
)
def test_what_comes_at_night_waits_for_the_morning(moment: str, morning: str) -> None:
    assert night_ends(at(moment), from_hour=22, until_hour=8) == at(morning)


def test_a_night_within_a_day_and_none_at_all() -> None:
    assert is_night(at("16T13:00:00"), from_hour=13, until_hour=15)
    assert not is_night(at("16T15:00:00"), from_hour=13, until_hour=15)
    assert night_ends(at("16T14:00:00"), from_hour=13, until_hour=15) == at("16T15:00:00")
    assert not any(
        is_night(at(f"16T{hour:02}:00:00"), from_hour=8, until_hour=8) for hour in range(24)
    )


def test_pauses_double_up_to_a_bound_and_are_spread() -> None:
    pauses = [pause_after(message=MESSAGE, attempt=attempt) for attempt in range(1, 12)]
    for attempt, pause in enumerate(pauses, 1):
        whole = timedelta(seconds=20 * 2 ** min(attempt - 1, 7))
        assert whole * 3 / 4 <= pause <= whole * 5 / 4
        assert pause == pause_after(message=MESSAGE, attempt=attempt)
    others = {pause_after(message=UUID(int=number), attempt=3) for number in range(50)}
    assert len(others) > 45


@pytest.mark.parametrize(
    ("chosen", "by_default", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"gift_waiting": False}, True, False),
        ({"gift_waiting": True}, False, True),
        ({"gift_claimed": False}, True, True),
        ({"": False}, True, False),
        ({"": False, "gift_waiting": True}, True, False),
    ],
)
def test_what_is_chosen_comes_before_the_default(
    chosen: dict[str, bool], by_default: bool, wanted: bool
) -> None:
    assert is_wanted(kind="gift_waiting", chosen=chosen, by_default=by_default) is wanted


def test_what_somebody_waits_for_is_sent_whatever_was_chosen() -> None:
    assert is_wanted(kind="mail_confirm", chosen={"": False}, by_default=False)
