"""The matcher agrees with a naive one on any log."""

from unittest.mock import patch

from hypothesis import given, settings

from exchange.matching.rules import Matcher, SelfTradeMode, levels
from tests.exchange.matching.logs import logs, references, replayed, stps, text_of
from tests.exchange.matching.naive import HEADER, Line, Naive


def assert_alike(log: list[Line], stp: SelfTradeMode, reference: int | None) -> None:
    naive = Naive(stp=stp, reference=reference)
    for line in log:
        naive.obey(line)
    expected = [HEADER, *naive.printed, *naive.book_lines()]

    matcher = Matcher(stp=stp, reference=reference)
    printed = replayed(text_of(log), matcher=matcher, book=True)

    assert printed.splitlines() == expected


@settings(max_examples=300, deadline=None)
@given(log=logs, stp=stps, reference=references)
def test_any_log_gives_the_same_reports_and_book(
    log: list[Line], stp: SelfTradeMode, reference: int | None
) -> None:
    assert_alike(log, stp, reference)


@settings(max_examples=300, deadline=None)
@given(log=logs, stp=stps)
def test_sweeping_out_the_dead_changes_nothing(log: list[Line], stp: SelfTradeMode) -> None:
    with (
        patch.object(levels, "DEAD_ORDERS_MIN", 0),
        patch.object(levels, "EMPTY_LEVELS_MIN", 0),
    ):
        assert_alike(log, stp, None)


@settings(max_examples=120, deadline=None)
@given(before=logs, after=logs, stp=stps)
def test_a_restored_matcher_goes_on_as_the_first_would(
    before: list[Line], after: list[Line], stp: SelfTradeMode
) -> None:
    first = Matcher(stp=stp)
    replayed(text_of(before), matcher=first)
    second = Matcher.restore(orders=first.open_orders(), stp=stp, phase=first.current_phase)

    assert replayed(text_of(after), matcher=second, book=True) == replayed(
        text_of(after), matcher=first, book=True
    )
