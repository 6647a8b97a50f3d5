"""A case opens once on an entry of one's own; its answer comes to the inbox, once."""

from datetime import datetime
from uuid import uuid4

import pytest

from ledger.refusals import KeyReused
from tests import given
from wallet.cases.models import Case
from wallet.cases.operations import (
    BadCaseText,
    CaseAlreadyOpen,
    CaseAnswered,
    TooManyCases,
    answer_case,
    open_case,
)
from wallet.cases.queries import cases_waiting
from wallet.holders.models import Holder
from wallet.holders.queries import inbox_of
from wallet.holders.rules import UnknownId
from wallet.home.queries import entries_of
from wallet.home.sentences import has_notice, notice_page, notice_words
from wallet.policy.operations import set_policy

TEXT = "3 号少了 50 币"


def an_entry(holder: Holder, *, now: datetime) -> int:
    """Return the id of a new entry of a holder's wallet."""
    given.give_coins(holder, 5, now=now)
    found = entries_of(holder).first()
    assert found is not None
    return found.pk


def a_case(holder: Holder | None = None, *, now: datetime) -> Case:
    """Return an open case on a new entry."""
    holder = holder or given.a_holder(now=now)
    entry = an_entry(holder, now=now)
    return open_case(holder=holder, entry_id=entry, text=TEXT, key=uuid4(), now=now)


def test_same_key_opens_one_case(db: None, now: datetime) -> None:
    holder = given.a_holder(now=now)
    entry, key = an_entry(holder, now=now), uuid4()
    first = open_case(holder=holder, entry_id=entry, text=f"  {TEXT}\r\n", key=key, now=now)
    assert open_case(holder=holder, entry_id=entry, text=TEXT, key=key, now=now) == first
    assert (first.text, first.state, cases_waiting()) == (TEXT, Case.State.OPEN, 1)
    with pytest.raises(KeyReused) as text:
        open_case(holder=holder, entry_id=entry, text="别的", key=key, now=now)
    other = an_entry(holder, now=now)
    with pytest.raises(KeyReused) as changed:
        open_case(holder=holder, entry_id=other, text=TEXT, key=key, now=now)
    assert (text.value.fields["field"], changed.value.fields["field"]) == ("text", "entry")


def test_one_case_is_open_on_an_entry(db: None, now: datetime) -> None:
    case = a_case(now=now)

    def ask_again() -> Case:
        return open_case(
            holder=case.holder, entry_id=case.entry_id, text=TEXT, key=uuid4(), now=now
        )

    with pytest.raises(CaseAlreadyOpen):
        ask_again()
    answer_case(case=case, outcome=Case.Outcome.RIGHT, answer="", by="admin/x", now=now)
    assert ask_again().pk != case.pk


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 501, "a\x00b", "\u202e"])
def test_a_case_says_something(db: None, now: datetime, text: str) -> None:
    holder = given.a_holder(now=now)
    with pytest.raises(BadCaseText):
        open_case(holder=holder, entry_id=1, text=text, key=uuid4(), now=now)


def test_only_own_entries_are_asked_about(db: None, now: datetime) -> None:
    entry = an_entry(given.a_holder(now=now), now=now)
    for strange in (entry, 2**62):
        with pytest.raises(UnknownId):
            open_case(
                holder=given.a_holder(now=now), entry_id=strange, text=TEXT, key=uuid4(), now=now
            )


def test_own_data_is_asked_about_too(db: None, now: datetime) -> None:
    holder = given.a_holder(now=now)
    given.give_surplus(holder.numbers.get(), 100, now=now)
    entry = entries_of(holder).get()
    assert entry.account.address.startswith("line/")
    case = open_case(holder=holder, entry_id=entry.pk, text=TEXT, key=uuid4(), now=now)
    assert case.transaction_id == entry.transaction_id


@pytest.mark.parametrize("most", [1, 3])
def test_open_cases_are_limited_by_policy(db: None, now: datetime, most: int) -> None:
    set_policy(key="case.open_max", value=most, starts_at=now, set_by="t", reason="t", now=now)
    holder = given.a_holder(now=now)
    cases = [a_case(holder, now=now) for _ in range(most)]
    with pytest.raises(TooManyCases) as refused:
        a_case(holder, now=now)
    assert refused.value.fields == {"cases_max": most}
    answer_case(case=cases[0], outcome=Case.Outcome.RIGHT, answer="", by="admin/x", now=now)
    a_case(holder, now=now)


@pytest.mark.parametrize("outcome", Case.Outcome)
def test_the_answer_comes_to_the_inbox_once(db: None, now: datetime, outcome: Case.Outcome) -> None:
    case = a_case(now=now)
    words = "那 50 币是您送出的礼物。"
    for _ in range(2):
        answered = answer_case(case=case, outcome=outcome, answer=words, by="admin/x", now=now)
    assert (answered.state, answered.answered_by) == (Case.State.ANSWERED, "admin/x")
    notice = inbox_of(case.holder).get()
    assert has_notice(notice.kind)
    assert notice_words(notice).endswith(words)
    assert notice_page(notice).startswith("/cases/cas_")
    with pytest.raises(CaseAnswered):
        answer_case(case=case, outcome=outcome, answer="又", by="admin/y", now=now)
    assert inbox_of(case.holder).count() == 1


def test_an_explanation_explains(db: None, now: datetime) -> None:
    case = a_case(now=now)
    for outcome, words in ((Case.Outcome.EXPLAINED, " "), (Case.Outcome.RIGHT, "x" * 501)):
        with pytest.raises(BadCaseText):
            answer_case(case=case, outcome=outcome, answer=words, by="admin/x", now=now)
