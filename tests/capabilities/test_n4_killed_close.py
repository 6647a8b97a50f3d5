"""N4: a month's close, killed at stage after stage, ends with the digest of an undisturbed run."""

from datetime import timedelta
from random import Random

import pytest
from django.db import connections
from django.utils import timezone

from ledger.rules import month_after, month_of
from tests.closing_time import when_it_may_close
from tests.databases import own_copy
from tests.faults.closing.kills import Closing, Ended
from tests.faults.closing.world import a_month_to_close

pytestmark = pytest.mark.own_database
#: `make kill-close` kills a hundred times, PostgreSQL, workers and Redis among what it kills.
KILLS = 6
TRIES_MAX = 5


def test_a_killed_close_ends_as_an_undisturbed_one(own_database: str) -> None:
    now = when_it_may_close(timezone.now())
    month = month_after(month_of(now), -1)
    a_month_to_close(month=month, now=now, each=1)
    connections.close_all()  # a database in use is no template
    dice = Random(4)
    with own_copy(template=own_database):
        undisturbed: Ended = Closing(month=month, now=now, dice=dice).end()
    for _ in range(TRIES_MAX):
        with own_copy(template=own_database):
            # Later, and not at once: neither is in what the close posts.
            closing = Closing(month=month, now=now + timedelta(hours=1), dice=dice)
            for place in range(KILLS):
                closing.kill_at_a_part() if place % 3 else closing.kill_at_random()
            closing.kill_past_a_stage()
            # A close may end before whoever is to kill it is given a turn by the machine.
            was_cut_short = not closing.is_closed() and len(closing.left_at) >= 2
            assert closing.end() == undisturbed
        if was_cut_short:
            break
    assert was_cut_short
    with own_copy(template=own_database):
        # Parts of milliseconds, which no chance hits: killed when all of it is posted and nothing committed.
        quick = Closing(month=month, now=now, dice=dice)
        stages = ("expire_lines", "invoices", "netting")
        for stage in stages:
            quick.kill_amid(stage)
        assert quick.amid == {*stages}
        assert quick.end() == undisturbed
