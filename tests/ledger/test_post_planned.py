"""Transactions that a query plans are those that the same legs would be, posted from here."""

import uuid
from dataclasses import replace

import pytest

from ledger import refusals
from ledger.models import Transaction
from ledger.months.operations import post_planned
from ledger.queries import amount_at
from ledger.rules import COIN, PlannedPostings, derived_month_id
from tests.given import MONTH, NOW, a_holder
from wallet.holders.queries import main_of

pytestmark = pytest.mark.django_db
LEGS = """
    SELECT * FROM (VALUES (%(one)s, 'system/expired', 'COIN', -%(coins)s::bigint),
                          (%(one)s, %(first)s, 'COIN', %(coins)s::bigint),
                          (%(two)s, 'system/expired', 'COIN', -5::bigint),
                          (%(two)s, %(second)s, 'COIN', 5::bigint))
         AS v (subject, address, asset, amount)
"""


def _planned(*, one: str = "a", two: str = "b", coins: int = 30) -> PlannedPostings:
    first, second = a_holder(), a_holder()
    return PlannedPostings(
        query=LEGS,
        parameters={
            "one": one,
            "two": two,
            "coins": coins,
            "first": main_of(first),
            "second": main_of(second),
        },
        name="toy",
        about="subject",
        kind="correction",
        month=MONTH,
        at=NOW,
        actor="test",
        facts={"of": "both"},
    )


@pytest.mark.parametrize("subject", ["a", str(uuid.uuid4()), "line/1\\2/流量", "it's 50%"])
def test_ids_are_those_that_python_derives(subject: str) -> None:
    assert post_planned(_planned(one=subject, two="b")) == (2, {COIN: 35})
    posted = Transaction.objects.get(pk=derived_month_id(MONTH, "toy", subject))
    assert posted.metadata == {"of": "both", "subject": subject}
    assert (posted.kind, posted.month, posted.at, posted.actor) == (
        "correction",
        MONTH,
        NOW,
        "test",
    )


def test_each_subject_is_one_transaction_of_its_legs() -> None:
    planned = _planned()
    post_planned(planned)
    assert amount_at(str(planned.parameters["first"]), COIN) == 30
    assert amount_at(str(planned.parameters["second"]), COIN) == 5
    assert amount_at("system/expired", COIN) == -35


def test_asked_again_it_posts_nothing() -> None:
    planned = _planned()
    post_planned(planned)
    assert post_planned(planned) == (2, {COIN: 35})
    assert amount_at(str(planned.parameters["first"]), COIN) == 30


def test_asked_again_with_other_amounts_it_refuses() -> None:
    planned = _planned()
    post_planned(planned)
    with pytest.raises(refusals.KeyReused):
        post_planned(replace(planned, parameters={**planned.parameters, "coins": 31}))


def test_a_query_without_rows_posts_nothing() -> None:
    planned = _planned()
    nothing = replace(planned, query=f"SELECT * FROM ({LEGS}) AS l WHERE false")
    assert post_planned(nothing) == (0, {})
