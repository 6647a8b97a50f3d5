"""Two asks about one entry at the same moment."""

from datetime import datetime
from uuid import uuid4

import pytest

from tests import given
from tests.races.threads import at_once
from tests.wallet.cases.test_operations import TEXT, an_entry
from wallet.cases.models import Case
from wallet.cases.operations import CaseAlreadyOpen, open_case

pytestmark = pytest.mark.own_database


def test_of_two_that_ask_at_once_one_opens_a_case(now: datetime) -> None:
    holder = given.a_holder(now=now)
    entry = an_entry(holder, now=now)

    def ask(_place: int) -> Case:
        return open_case(holder=holder, entry_id=entry, text=TEXT, key=uuid4(), now=now)

    outcomes = at_once(ask, threads=2)
    assert sum(isinstance(each, Case) for each in outcomes) == 1
    assert sum(isinstance(each, CaseAlreadyOpen) for each in outcomes) == 1
