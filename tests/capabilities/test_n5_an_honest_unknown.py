"""N5, and C7's bar: through bad carriers and one that is down, each conversion ends once.

`make soak-convert` runs it with 2,000 conversions beside a run in which nobody is down; in the
suite there are 60.
"""

import os
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from ledger.proofs.queries import findings
from ledger.queries import coins_in
from tests import given
from tests.databases import own_copy
from tests.faults.soak import (
    CODES,
    COINS,
    DOWN,
    Soak,
    a_soak,
    breaks_due,
    breaks_found,
    days_told,
    end_by_statements,
    median_ms,
    states,
)
from wallet.carriers.instructions.rules import day_of
from wallet.carriers.models import Break, Instruction
from wallet.carriers.queries import decided_at_latest
from wallet.convert.models import Conversion
from wallet.holders.queries import main_of

COUNT = int(os.environ.get("CONVERSIONS", "60"))
IS_LONG = COUNT > 200
SECONDS_MAX = 240 + COUNT / 4  # a busy machine is slow, not wrong
OTHERS = tuple(code for code in CODES if code != DOWN)


def medians_when_nobody_is_down(*, template: str, folder: Path) -> dict[str, int]:
    """Return the other carriers' medians (ms) of a fifth as many, with all four answering."""
    with (
        own_copy(template=template) as database,
        a_soak(database=database, folder=folder, down=()) as (soak, nudges),
    ):
        given.give_coins(soak.holder, COUNT * COINS, now=timezone.now())
        soak.convert(COUNT // 5, nudges=nudges)
        soak.wait(nudges=nudges, seconds=SECONDS_MAX, down=())
        return median_ms(OTHERS)


def assert_each_ended_once(soak: Soak) -> None:
    """Hold every conversion against the carriers' own records."""
    for code in OTHERS:
        applied = soak.applied(code)
        rows = Conversion.objects.filter(carrier=code).values_list("instruction_id", "state")
        assert {str(ref) for ref, state in rows if state == "delivered"} == applied
        assert {state for _, state in rows} <= {"delivered", "refunded"}
        assert coins_in(f"carrier/{code}/payable") == len(applied) * COINS
    delivered = sum(states(code)["delivered"] for code in CODES)
    waiting = states(DOWN)["on_its_way"]
    assert soak.applied(DOWN) == set()
    assert states(DOWN)["delivered"] == 0
    left = (COUNT - delivered - waiting) * COINS
    assert coins_in(main_of(soak.holder)) == left


def assert_the_unknown_are_honest(*, waiting: int) -> None:
    """What was sent to the carrier that is down is unknown, says so, and is an admin's case."""
    unknown = Instruction.objects.filter(carrier=DOWN, submitted_at__isnull=False)
    assert unknown.count() == waiting > 0
    assert Break.objects.filter(kind=Break.Kind.UNDECIDED, carrier=DOWN).count() == waiting
    assert all(decided_at_latest(row) is not None for row in unknown)


@pytest.mark.own_database
def test_each_conversion_ends_once_through_bad_carriers_and_one_down(
    own_database: str, migrated_template: str, tmp_path: Path
) -> None:
    before = (
        medians_when_nobody_is_down(template=migrated_template, folder=tmp_path / "before")
        if IS_LONG
        else {}
    )
    with a_soak(database=own_database, folder=tmp_path / "soak", down=(DOWN,)) as (soak, nudges):
        given.give_coins(soak.holder, COUNT * COINS, now=timezone.now())
        soak.convert(COUNT, nudges=nudges)
        soak.wait(nudges=nudges, seconds=SECONDS_MAX, down=(DOWN,))
        told = {code: dict(states(code)) for code in CODES}
        medians = median_ms(OTHERS)
        day = day_of(timezone.now())
        end_by_statements(soak, down=(DOWN,))
        due = breaks_due(soak, down=(DOWN,))
        sys.stdout.write(
            f"\nbefore statements {told}\n"
            f"median to a decision {medians} ms; when nobody is down {before} ms\n"
            f"in the end { {code: dict(states(code)) for code in CODES} }\n"
            f"planted {len(due)}, found {len(breaks_found())}, days {days_told(day)}\n"
        )
        assert breaks_found() == due
        assert_each_ended_once(soak)
    assert_the_unknown_are_honest(waiting=states(DOWN)["on_its_way"])
    broken = [(one.name, one.first_broken) for one in findings() if not one.is_clean]
    assert broken == []
    if before:
        # As quick as with everybody there, but for what the machine itself does.
        assert all(medians[code] <= 1.5 * before[code] + 100 for code in OTHERS)
