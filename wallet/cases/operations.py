"""Open a case about an entry; answer it into the subscriber's inbox."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.refusals import Refusal
from ledger.rules import derived_id
from wallet.cases.models import Case
from wallet.cases.queries import cases_of, open_case_on, own_entry
from wallet.cases.rules import TEXT_LENGTH_MAX, is_text, tidied
from wallet.holders.models import Holder
from wallet.holders.operations import lock_holder, tell
from wallet.holders.queries import made_before
from wallet.policy.queries import policy_int


class BadCaseText(Refusal):
    """A case says in 1 to 500 printable characters what is doubted."""

    code = "bad_case_text"
    status = 422


class CaseAlreadyOpen(Refusal):
    """The holder has an open case about this entry."""

    code = "case_already_open"


class TooManyCases(Refusal):
    """The holder has as many open cases as one may have."""

    code = "too_many_cases"


class CaseAnswered(Refusal):
    """The case has another answer already."""

    code = "case_answered"


@transaction.atomic
def open_case(*, holder: Holder, entry_id: int, text: str, key: UUID, now: datetime) -> Case:
    """Ask the staff about an entry of one's own, and return the case.

    Raises:
        BadCaseText: it says nothing, or more than 500 characters, or what cannot be printed.
        KeyReused: the key already names another case.
        UnknownId: the holder has no such entry.
        CaseAlreadyOpen: one about this entry waits for its answer.
        TooManyCases: too many wait for their answers.
    """
    text = tidied(text)
    if not text or not is_text(text):
        raise BadCaseText(f"Say in 1 to {TEXT_LENGTH_MAX} characters what you doubt.")
    case_id = derived_id(holder.pk, "open_case", key)
    asked = {"entry_id": entry_id, "text": text}
    if before := made_before(Case.objects.all(), row_id=case_id, asked=asked):
        return before
    lock_holder(holder)
    if before := made_before(Case.objects.all(), row_id=case_id, asked=asked):
        return before
    entry = own_entry(holder=holder, entry_id=entry_id)
    _refuse_more(holder=holder, entry_id=entry_id, now=now)
    return Case.objects.create(
        id=case_id,
        holder=holder,
        entry_id=entry_id,
        transaction_id=entry.transaction_id,
        text=text,
        opened_at=now,
    )


@transaction.atomic
def answer_case(*, case: Case, outcome: Case.Outcome, answer: str, by: str, now: datetime) -> Case:
    """Close a case with an outcome and words of one's own, and tell its holder.

    Raises:
        BadCaseText: the answer is too long, or an explanation is empty.
        CaseAnswered: it has another answer.
    """
    answer = tidied(answer)
    if not is_text(answer) or (outcome == Case.Outcome.EXPLAINED and not answer):
        raise BadCaseText(
            f"Answer in at most {TEXT_LENGTH_MAX} characters; explain in one or more."
        )
    found = Case.objects.select_for_update(no_key=True).select_related("holder").get(pk=case.pk)
    if found.state == Case.State.ANSWERED:
        if (found.outcome, found.answer) != (outcome, answer):
            raise CaseAnswered("This case has been answered.")
        return found
    found.state = Case.State.ANSWERED
    found.outcome, found.answer = outcome, answer
    found.answered_by, found.answered_at = by, now
    found.save(update_fields=["state", "outcome", "answer", "answered_by", "answered_at"])
    tell(
        holder=found.holder,
        kind=f"case_{outcome}",
        subject_id=found.pk,
        now=now,
        facts={"answer": answer},
    )
    return found


def _refuse_more(*, holder: Holder, entry_id: int, now: datetime) -> None:
    if open_case_on(holder=holder, entry_id=entry_id) is not None:
        raise CaseAlreadyOpen("You have asked about this entry; the answer comes to your inbox.")
    most = policy_int("case.open_max", now=now)
    if cases_of(holder).filter(state=Case.State.OPEN).count() >= most:
        raise TooManyCases(f"You have {most} open cases; wait for an answer.", cases_max=most)
