"""A carrier's breaker: closed, open, half open by one call; and how many calls it gets at once."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests.wallet.carriers.simulators import NOON, PlayedClock, a_simulator, speaking_to
from tests.wallet.carriers.test_instructions import an_instruction, state_of
from wallet.carriers.adaptors.choice import adaptor_for
from wallet.carriers.adaptors.contract import (
    CARRIER_ERROR,
    NOT_ANSWERED,
    NOT_FOUND,
    NOT_SENT,
    Answer,
    Outcome,
)
from wallet.carriers.instructions.operations import (
    Claim,
    claim_instruction,
    give_up_unsent,
    record_answer,
)
from wallet.carriers.instructions.rules import LEASE, MISSES_MAX, Breaker, breaker_of
from wallet.carriers.models import Carrier, Instruction
from wallet.carriers.operations import serve_carrier
from wallet.carriers.queries import calls_under_way, decided_at_latest
from wallet.holders.models import User

pytestmark = pytest.mark.django_db
State = Instruction.State


def claimed(*, now: datetime = NOON) -> Claim:
    claim = claim_instruction(carrier="CT", now=now)
    assert claim is not None
    return claim


def answer(claim: Claim, *, reason: str, now: datetime = NOON) -> None:
    said = Answer(ref=str(claim.instruction.pk), outcome=Outcome.UNKNOWN, reason=reason)
    record_answer(claim=claim, answer=said, now=now)


def breaker(*, now: datetime = NOON) -> Breaker:
    row = Carrier.objects.get(pk="CT")
    return breaker_of(misses=row.misses, rests_until=row.rests_until, now=now)


def opened() -> datetime:
    """Open the breaker, and return when it is half open."""
    for _ in range(MISSES_MAX):
        an_instruction()
        answer(claimed(), reason=NOT_SENT)
    an_instruction()
    until = Carrier.objects.get(pk="CT").rests_until
    assert until is not None
    return until


@pytest.mark.parametrize("reason", [NOT_SENT, NOT_ANSWERED, CARRIER_ERROR])
def test_it_opens_after_several_calls_in_a_row_without_an_answer(reason: str) -> None:
    for place in range(MISSES_MAX):
        assert (place, breaker()) == (place, Breaker.CLOSED)
        an_instruction()
        answer(claimed(), reason=reason)
    an_instruction()
    assert breaker() is Breaker.OPEN
    assert claim_instruction(carrier="CT", now=NOON) is None
    assert Carrier.objects.get(pk="CT").silent_since == NOON


def test_an_answer_in_between_begins_the_count_anew() -> None:
    for reason in (*[NOT_ANSWERED] * (MISSES_MAX - 1), NOT_FOUND, NOT_ANSWERED):
        an_instruction()
        answer(claimed(), reason=reason)
    assert breaker() is Breaker.CLOSED
    assert Carrier.objects.get(pk="CT").misses == 1


def test_half_open_is_tried_by_one_call_alone() -> None:
    later = opened()
    assert breaker(now=later) is Breaker.HALF_OPEN
    assert claim_instruction(carrier="CT", now=later) is not None
    assert claim_instruction(carrier="CT", now=later) is None


def test_a_probe_that_is_answered_closes_it() -> None:
    later = opened()
    answer(claimed(now=later), reason=NOT_FOUND, now=later)
    row = Carrier.objects.get(pk="CT")
    assert (row.misses, row.silent_since, row.rests_until) == (0, None, None)
    assert breaker(now=later) is Breaker.CLOSED


def test_a_probe_that_is_not_answered_opens_it_for_twice_as_long() -> None:
    rests, at = [], NOON
    opened()
    for _ in range(8):
        until = Carrier.objects.get(pk="CT").rests_until
        assert until is not None
        rests.append((until - at).total_seconds())
        at = until
        an_instruction(now=at)
        answer(claimed(now=at), reason=NOT_SENT, now=at)
    assert rests == [2, 4, 8, 16, 32, 64, 64, 64]


def test_calls_under_way_when_it_opened_do_not_lengthen_its_rest() -> None:
    for _ in range(MISSES_MAX + 3):
        an_instruction()
    Carrier.objects.filter(pk="CT").update(calls_at_once=MISSES_MAX + 3)
    claims = [claimed() for _ in range(MISSES_MAX + 3)]
    for claim in claims:
        answer(claim, reason=NOT_ANSWERED)
    row = Carrier.objects.get(pk="CT")
    assert (row.misses, row.rests_until) == (MISSES_MAX, NOON + timedelta(seconds=2))


def test_a_carrier_gets_as_many_calls_at_once_as_its_row_says() -> None:
    Carrier.objects.filter(pk="CT").update(calls_at_once=2)
    for _ in range(4):
        an_instruction()
    first = claimed()
    claimed()
    assert claim_instruction(carrier="CT", now=NOON) is None
    assert calls_under_way(carrier="CT", now=NOON) == 2
    answer(first, reason=NOT_FOUND)
    claimed()
    # What a killed worker was calling takes no place for ever.
    assert claim_instruction(carrier="CT", now=NOON + LEASE + timedelta(seconds=1)) is not None


def test_a_carrier_that_answers_503_is_left_alone() -> None:
    rows = [an_instruction() for _ in range(MISSES_MAX + 2)]
    with a_simulator("--down") as url, speaking_to(url=url) as adaptor:
        serve_carrier(adaptor=adaptor, clock=PlayedClock())
    assert breaker() is Breaker.OPEN
    assert [state_of(row) for row in rows].count(State.CREATED) == 2


def test_a_carriers_row_says_how_long_its_answers_may_take() -> None:
    with a_simulator("--latency-ms", "400") as url:
        Carrier.objects.filter(pk="CT").update(base_url=url, answer_ms_max=150)
        hasty = adaptor_for(carrier=Carrier.objects.get(pk="CT"))
        assert hasty is not None
        assert hasty.status(ref="r").reason == NOT_ANSWERED
        Carrier.objects.filter(pk="CT").update(answer_ms_max=7_000)
        patient = adaptor_for(carrier=Carrier.objects.get(pk="CT"))
        assert patient is not None
        assert patient.status(ref="r").reason == NOT_FOUND


@pytest.mark.parametrize(
    "changed", [{"calls_at_once": 0}, {"answer_ms_max": 60_000}, {"code": "../x"}]
)
def test_a_carriers_row_is_held_to_what_works(changed: dict[str, int | str]) -> None:
    facts = {"code": "NEW", "name_zh": "新", "name_en": "New"} | changed
    with pytest.raises(IntegrityError), transaction.atomic():
        Carrier.objects.create(**facts)


def test_what_never_left_us_is_given_up_after_a_day() -> None:
    unsent, sent = an_instruction(), an_instruction()
    Instruction.objects.filter(pk=sent.pk).update(state=State.UNKNOWN, submitted_at=NOON)
    late = NOON + timedelta(hours=24)
    assert decided_at_latest(unsent) == late
    assert give_up_unsent(now=late - timedelta(seconds=1)) == []
    assert [row.pk for row in give_up_unsent(now=late)] == [unsent.pk]
    row = Instruction.objects.get(pk=unsent.pk)
    assert (row.state, row.reason, row.submitted_at) == (State.FAILED, NOT_SENT, None)
    assert decided_at_latest(row) is None
    assert state_of(sent) == State.UNKNOWN


def test_clerks_see_how_each_carrier_answers() -> None:
    now = timezone.now()
    Carrier.objects.filter(pk="CT").update(
        misses=7, silent_since=now, rests_until=now + timedelta(hours=1)
    )
    an_instruction()
    Instruction.objects.filter(pk=an_instruction().pk).update(
        state=State.UNKNOWN, lease_until=now + timedelta(minutes=1)
    )
    client = Client()
    client.force_login(User.objects.create_superuser(f"+86139{uuid.uuid4().int % 10**8:08d}"))
    page = client.get("/admin/wallet/carrier/").content.decode()
    for told in ("断开：暂停呼叫", "合上", "1/4", "1 未发，1 未答"):
        assert told in page, told
