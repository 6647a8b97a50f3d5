"""A carrier's statements over TMF654: what was applied, when it is final, planted breaks."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.wallet.carriers.simulators import (
    MONTH,
    NOON,
    NUMBER,
    PACKAGE,
    PlayedClock,
    an_adaptor,
    deduct,
    left_mb,
    submit,
)
from wallet.carriers.adaptors.contract import LineKind

TODAY = date(2026, 11, 12)


def test_the_statement_lists_exactly_what_was_applied(usage: Path) -> None:
    with an_adaptor(usage=usage) as adaptor:
        deduct(adaptor, mb=500)
        adaptor.restore(ref="r1", msisdn=NUMBER, package=PACKAGE, month=MONTH, mb=200)
        submit(adaptor)
        submit(adaptor)
        deduct(adaptor, mb=99_999, ref="refused")
        statement = adaptor.statement(day=TODAY)
        listed = [(line.ref, line.kind, line.mb, line.package) for line in statement.lines]
    assert listed == [
        ("d1", LineKind.DEDUCTED, 500, PACKAGE),
        ("r1", LineKind.RESTORED, 200, PACKAGE),
        ("s1", LineKind.DELIVERED, 100, "topup"),
    ]
    assert not statement.final


def test_a_statements_line_tells_number_month_and_time(usage: Path) -> None:
    with an_adaptor(usage=usage) as adaptor:
        submit(adaptor)
        (line,) = adaptor.statement(day=TODAY).lines
    assert (line.msisdn, line.month, line.booked_at) == (NUMBER, MONTH, NOON)


def test_a_statement_becomes_final_and_takes_no_more_lines(usage: Path) -> None:
    clock = PlayedClock()
    with an_adaptor(usage=usage, clock=clock) as adaptor:
        submit(adaptor, ref="s1")
        clock.at = datetime.fromisoformat("2026-11-13T00:59:59+08:00")
        assert not adaptor.statement(day=TODAY).final
        clock.at = datetime.fromisoformat("2026-11-13T01:00:00+08:00")
        statement = adaptor.statement(day=TODAY)
        assert statement.final
        assert [line.ref for line in statement.lines] == ["s1"]
        # A late worker, its clock still on the day before: booked after midnight.
        clock.at = datetime.fromisoformat("2026-11-12T23:59:59+08:00")
        submit(adaptor, ref="s2")
        clock.at = datetime.fromisoformat("2026-11-14T01:00:00+08:00")
        assert [line.ref for line in adaptor.statement(day=TODAY).lines] == ["s1"]
        following = adaptor.statement(day=TODAY + timedelta(days=1))
        assert [line.ref for line in following.lines] == ["s2"]


def test_days_begin_at_midnight_in_china(usage: Path) -> None:
    clock = PlayedClock()
    with an_adaptor(usage=usage, clock=clock) as adaptor:
        clock.at = datetime(2026, 11, 11, 15, 59, 59, tzinfo=UTC)
        submit(adaptor, ref="before")
        clock.at = datetime(2026, 11, 11, 16, 0, tzinfo=UTC)
        submit(adaptor, ref="after")
        assert [line.ref for line in adaptor.statement(day=TODAY).lines] == ["after"]


def test_a_long_statement_is_read_page_by_page(
    usage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wallet.carriers.adaptors.tmf654.STATEMENT_PAGE_LINES", 7)
    with an_adaptor(usage=usage) as adaptor:
        refs = [f"s{n:02}" for n in range(20)]
        for ref in refs:
            submit(adaptor, ref=ref, mb=1)
        assert [line.ref for line in adaptor.statement(day=TODAY).lines] == refs


def test_planted_breaks_change_the_statement_and_nothing_else(usage: Path) -> None:
    with an_adaptor("--statement-breaks", "0.2", "--seed", "7", usage=usage) as adaptor:
        refs = [f"s{n:03}" for n in range(100)]
        for ref in refs:
            assert submit(adaptor, ref=ref, mb=2) == "delivered"
            assert adaptor.status(ref=ref).mb == 2
        lines = list(adaptor.statement(day=TODAY).lines)
        assert left_mb(adaptor, package="topup") == 200
    listed = [line.ref for line in lines]
    missing = [ref for ref in refs if ref not in listed]
    twice = [ref for ref in refs if listed.count(ref) == 2]
    strangers = [ref for ref in listed if ref not in refs]
    altered = [line.ref for line in lines if line.mb != 2]
    counts = [len(missing), len(twice), len(strangers), len(altered)]
    assert all(counts)
    assert 10 <= sum(counts) <= 30
