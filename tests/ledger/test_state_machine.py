"""Whatever is posted, repeated, reversed, closed, alone or at once: the ledger is its model.

`make fuzz` runs it for as long as one likes (FUZZ_RUNS, FUZZ_STEPS) and says how far it is.
"""

import os
import sys
from contextlib import ExitStack
from datetime import date

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from ledger import registry
from ledger.months.models import ClosingBalance
from ledger.months.operations import settle_month
from ledger.proofs.proofs import PROOFS
from ledger.proofs.queries import finding_of
from ledger.rules import COIN, Posting, derived_id, month_after, move, starts_at
from ledger.seals.operations import append_committed
from ledger.seals.proofs import PROOFS as SEAL_PROOFS
from tests.databases import own_copy
from tests.ledger import drafts
from tests.ledger.against_model import (
    Action,
    after,
    beside,
    difference,
    disagreement,
    disagreement_of_each,
    done,
    rows_of_the_books,
    serial_order,
    told,
)
from tests.ledger.drafts import Draft
from tests.ledger.model import Model
from tests.races.threads import at_once

OCTOBER = date(2026, 10, 1)
RUNS = int(os.environ.get("FUZZ_RUNS", "10"))
STEPS = int(os.environ.get("FUZZ_STEPS", "25"))
MONTHS_OPEN_MAX = 4
SAYS_HOW_FAR = "FUZZ_RUNS" in os.environ

places = st.integers(0, 200)  # of something asked before
alone = drafts.drafts().map(lambda draft: [draft])
calls: st.SearchStrategy[tuple[str, list[Draft]]] = st.one_of(
    st.tuples(st.just("single"), alone),
    st.tuples(st.just("single"), alone),
    st.tuples(st.just("batch"), drafts.batches()),
    st.tuples(st.just("batch"), drafts.batches()),
    st.tuples(st.sampled_from(("begin", "open")), st.just(list[Draft]())),
)


class Books(RuleBasedStateMachine):
    """One database, one model, and the same steps for both."""

    template = ""
    runs = 0
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.held = ExitStack()
        self.held.enter_context(own_copy(template=self.template))
        self.model = Model()
        self.asked: list[Posting] = []
        self.is_alike = True

    @initialize()
    def begin(self) -> None:
        for ahead in range(2):
            self.do(Action("open", month=month_after(OCTOBER, ahead)))
        targets = (*drafts.PEOPLE, drafts.GIFT, drafts.BUDGET, drafts.CAMPAIGN)
        for place, target in enumerate(targets):
            posting = Posting(
                id=derived_id("begin", place),
                kind="correction",
                at=starts_at(OCTOBER),
                actor="test",
                legs=move(asset=COIN, amount=100, source="issuer/CT", target=target),
            )
            self.asked.append(posting)
            self.do(Action("single", [posting]))

    @property
    def first(self) -> date:
        """The first month that is not closed."""
        return min(month for month, state in self.model.months.items() if state != "closed")

    @property
    def first_open(self) -> date:
        return min(month for month, state in self.model.months.items() if state == "open")

    @property
    def closing(self) -> date | None:
        return self.first if self.first < self.first_open else None

    @property
    def unopened(self) -> date:
        return month_after(max(self.model.months))

    def real(self, draft: Draft) -> Posting:
        posting = draft.posting(
            number=len(self.asked), first_open=self.first_open, closing=self.closing
        )
        self.asked.append(posting)
        return posting

    def asked_at(self, place: int) -> Posting:
        return self.asked[place % len(self.asked)]

    def do(self, action: Action) -> None:
        self.judge(disagreement(action, done(action), self.model))

    def judge(self, found: str | None) -> None:
        self.is_alike = found is None
        assert found is None, found

    @rule(draft=drafts.drafts())
    def post_one(self, draft: Draft) -> None:
        self.do(Action("single", [self.real(draft)]))

    @rule(batch=drafts.batches())
    def post_many(self, batch: list[Draft]) -> None:
        self.do(Action("batch", [self.real(draft) for draft in batch]))

    @rule(batch=drafts.batches())
    def post_each_for_itself(self, batch: list[Draft]) -> None:
        postings = [self.real(draft) for draft in batch]
        self.judge(disagreement_of_each(postings, self.model))

    @rule(place=places, how=st.sampled_from(drafts.ALTERATIONS), other=places)
    def post_again(self, place: int, how: str, other: int) -> None:
        again = drafts.altered(self.asked_at(place), how=how, reverses=self.asked_at(other).id)
        self.do(Action("single", [again]))

    @rule(place=places, how=st.sampled_from(drafts.ALTERATIONS), draft=drafts.drafts())
    def post_again_in_a_batch(self, place: int, how: str, draft: Draft) -> None:
        again = drafts.altered(self.asked_at(place), how=how, reverses=self.asked_at(place).id)
        self.do(Action("batch", beside(again, self.real(draft))))

    @rule(place=places, name=st.sampled_from(("single", "batch")), ahead=st.integers(0, 1))
    def reverse(self, place: int, name: str, ahead: int) -> None:
        month = month_after(self.first_open, ahead)
        number = len(self.asked)
        self.asked.append(drafts.reversal_of(self.asked_at(place), number=number, month=month))
        self.do(Action(name, [self.asked[-1]]))

    # Which months there are may differ by who was first in `do_at_once`. Hypothesis must be able to
    # draw the same again all the same: so no rule is left out, each does what the months allow.
    @rule()
    def open_a_month(self) -> None:
        if self.unopened < month_after(self.first_open, MONTHS_OPEN_MAX):
            self.do(Action("open", month=self.unopened))
        self.do(Action("open", month=self.first))

    @rule()
    def go_on_with_the_close(self) -> None:
        if self.closing:
            self.do(Action("begin", month=self.first))  # again
            self.end_the_close()
            return
        self.do(Action("begin", month=month_after(self.first)))  # too early
        if len(self.asked) > 12 * self.model.months_begun():
            self.do(Action("begin", month=self.first))

    def end_the_close(self) -> None:
        month = self.first
        settle_month(month=month, now=after(month))
        self.model.months[month] = "closed"
        rows = ClosingBalance.objects.filter(month=month)
        named = rows.values_list("account__address", "account__asset", "balance")
        kept = {(address, asset): balance for address, asset, balance in named}
        assert kept == self.model.closing_balances(month)

    @rule(
        lists=st.lists(st.lists(calls, min_size=1, max_size=3), min_size=2, max_size=3),
        is_shared=st.booleans(),
        again=places,
    )
    def do_at_once(
        self, lists: list[list[tuple[str, list[Draft]]]], is_shared: bool, again: int
    ) -> None:
        asked = [[self.action(*call) for call in calls_] for calls_ in lists]
        if is_shared:  # one key by two at the same moment, and one that was posted before
            asked[1].insert(0, asked[0][-1])
            asked[0].append(Action("single", [self.asked_at(again)]))
        gave = at_once(lambda place: [done(action) for action in asked[place]], threads=len(asked))
        given = [one for one in gave if not isinstance(one, BaseException)]
        assert gave == given
        model = serial_order(asked, given, self.model)
        self.judge(None if model else f"No order gives this:\n{told(asked, given)}")
        self.model = model or self.model

    def action(self, name: str, batch: list[Draft]) -> Action:
        month = self.first if name == "begin" else self.unopened
        return Action(name, [self.real(draft) for draft in batch], month=month)

    @invariant()
    def the_books_are_the_models(self) -> None:
        type(self).steps += 1
        self.judge(difference(rows_of_the_books(), self.model))

    def teardown(self) -> None:
        with self.held:
            if not self.is_alike:  # said already
                return
            assert append_committed() == len(self.model.transactions)
            found = [finding_of(proof) for proof in (*PROOFS, *SEAL_PROOFS)]
            assert [finding for finding in found if not finding.is_clean] == []
        type(self).runs += 1
        if SAYS_HOW_FAR:
            said = f"\r{self.runs:,} runs, {self.steps:,} steps"
            print(said, end="", file=sys.__stderr__, flush=True)


@pytest.mark.own_database
@pytest.mark.quiet
def test_ledger_is_its_model(
    own_database: str, migrated_template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_stages", "_blockers", "_freezers"):
        monkeypatch.setattr(registry, name, {})
    monkeypatch.setattr(Books, "template", migrated_template)
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
