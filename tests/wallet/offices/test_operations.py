"""Carriers' offices: who speaks, what is said of breaks, usage files handed in."""

import re
import uuid
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from ledger.proofs.queries import fault_in_words
from ledger.refusals import KeyReused
from tests.given import NOW, a_carrier, a_holder, a_user, an_msisdn
from tests.given_clearing import an_office
from tests.house.messages import CHINESE
from tests.wallet.convert.world import reachable
from wallet.carriers.instructions.operations import instruct_carrier
from wallet.carriers.models import Break, Instruction, Usage
from wallet.carriers.reconciliation.resolving import resolve_break
from wallet.carriers.usage import rules
from wallet.carriers.usage.rules import HEADER
from wallet.holders.models import Member, User
from wallet.holders.operations import add_member
from wallet.holders.rules import UnknownId
from wallet.offices.models import UsageUpload
from wallet.offices.operations import (
    BadBreakAnswer,
    BadFileName,
    BreakSettled,
    NotAUsageFile,
    UsageFileTooLong,
    answer_break,
    upload_usage,
)
from wallet.offices.queries import (
    OURS,
    OfficeRole,
    break_of,
    managed_office,
    office_of,
    open_breaks,
    work_of,
)
from wallet.offices.rules import UPLOAD_BYTES_MAX
from wallet.offices.sentences import BAD_LINES, BREAKS

pytestmark = pytest.mark.django_db
HEAD = ",".join(HEADER)


def a_break(carrier: str = "CT") -> Break:
    return Break.objects.create(
        carrier=a_carrier(carrier), kind="not_listed", reference=str(uuid.uuid4()), found_at=NOW
    )


def line(msisdn: str, *, carrier: str = "CT", used: str = "5") -> str:
    return f"{msisdn},{carrier},广东,2026-11,national,national,2048,{used},2026-11-10,0"


def hand_in(*lines: str, by: User | None = None, key: uuid.UUID | None = None) -> UsageUpload:
    return upload_usage(
        carrier=a_carrier("CT"),
        name="usage.csv",
        content="\n".join(lines).encode(),
        by=by or a_user(),
        key=key or uuid.uuid4(),
        now=NOW,
    )


def test_an_office_opens_once_and_takes_a_second_owner() -> None:
    one, two = a_user(), a_user()
    assert an_office(owner=one) == an_office(owner=two)
    assert {office_of(user=who, carrier="CT")[1] for who in (one, two)} == {Member.Role.OWNER}


def test_nobody_learns_of_an_office_that_is_not_theirs() -> None:
    mine = an_office("CU")
    user = Member.objects.get(organisation=mine.organisation).user
    for carrier in ("CT", "XX", ""):
        with pytest.raises(UnknownId):
            office_of(user=user, carrier=carrier)


def test_a_viewer_looks_and_does_not_speak() -> None:
    office, viewer = an_office(), a_user()
    add_member(organisation=office.organisation, user=viewer, role=Member.Role.VIEWER)
    assert office_of(user=viewer, carrier="CT")[1] == Member.Role.VIEWER
    with pytest.raises(OfficeRole):
        managed_office(user=viewer, carrier="CT")


def test_work_is_counted_by_state_and_age_and_is_the_carriers_own() -> None:
    reachable("CT", "CU")
    a_holder()
    for carrier, hours in (("CT", 0), ("CT", 3), ("CT", 30), ("CT", 60), ("CU", 0)):
        instruct_carrier(
            instruction_id=uuid.uuid4(),
            carrier=carrier,
            kind=Instruction.Kind.SUBMIT,
            msisdn=an_msisdn(carrier=carrier),
            mb=10,
            month=NOW.date().replace(day=1),
            now=NOW - timedelta(hours=hours),
        )
    a_break("CU")
    work = work_of(a_carrier("CT"), now=NOW)
    assert [(each.state, each.count, each.by_age) for each in work.states] == [
        ("created", 4, (1, 1, 1, 1))
    ]
    assert (work.due, work.breaks_open) == (4, 0)


def test_a_day_of_the_console_begins_at_midnight_in_shanghai() -> None:
    reachable("CT")
    decided = NOW.replace(hour=0, minute=30)
    asked = instruct_carrier(
        instruction_id=uuid.uuid4(),
        carrier="CT",
        kind=Instruction.Kind.SUBMIT,
        msisdn=an_msisdn(),
        mb=10,
        month=NOW.date().replace(day=1),
        now=decided - timedelta(hours=1),
    )
    Instruction.objects.filter(pk=asked.pk).update(
        state=Instruction.State.DELIVERED, submitted_at=decided, decided_at=decided
    )
    for hours, delivered in ((1, 1), (15, 1), (24, 0)):
        # Doors read the clock in UTC, whose midnight is eight in the morning here.
        now = (decided + timedelta(hours=hours)).astimezone(UTC)
        assert work_of(a_carrier("CT"), now=now).delivered_today == delivered


def test_what_only_we_can_mend_is_not_asked_of_a_carrier() -> None:
    ours = [a_break() for _ in OURS]
    for found, kind in zip(ours, OURS, strict=True):
        Break.objects.filter(pk=found.pk).update(kind=kind)
    asked = a_break()
    assert [row.pk for row in open_breaks("CT")] == [asked.pk]
    assert work_of(a_carrier("CT"), now=NOW).breaks_open == 1
    for found in ours:
        with pytest.raises(UnknownId):
            break_of(carrier="CT", break_id=found.pk)
    assert set(BREAKS) | OURS == set(Break.Kind)  # the console has words for all it shows


def test_a_break_is_answered_once_a_key_until_it_is_settled() -> None:
    found, by, key = a_break(), a_user(), uuid.uuid4()
    first = answer_break(found=found, text=" 我们的日账漏了 ", by=by, key=key, now=NOW)
    assert first.text == "我们的日账漏了"
    assert answer_break(found=found, text="我们的日账漏了", by=by, key=key, now=NOW) == first
    with pytest.raises(KeyReused):
        answer_break(found=found, text="别的", by=by, key=key, now=NOW)
    for text in (" ", "x" * 501, "\x00"):
        with pytest.raises(BadBreakAnswer):
            answer_break(found=found, text=text, by=by, key=uuid.uuid4(), now=NOW)
    assert [row.pk for row in open_breaks("CT")] == [found.pk]
    resolve_break(found=found, resolution="Agreed with the carrier.", actor="admin/1", now=NOW)
    with pytest.raises(BreakSettled):
        answer_break(found=found, text="又", by=by, key=uuid.uuid4(), now=NOW)
    assert not open_breaks("CT").exists()


def test_a_usage_file_is_loaded_and_its_faults_are_told() -> None:
    mine, theirs = an_msisdn(), an_msisdn(carrier="CU")
    upload = hand_in(
        HEAD, line(mine), line(theirs, carrier="CU"), line(an_msisdn(), used="-1"), "x"
    )
    assert (upload.lines, upload.loaded, upload.bad_lines, upload.unchanged) == (4, 1, 3, 0)
    assert [number for number, _why in upload.errors] == [3, 4, 5]
    assert "'CU' is unknown" in upload.errors[0][1]
    said = [fault_in_words(why, faults=BAD_LINES) for _number, why in upload.errors]
    assert said == [
        "运营商 'CU' 不认识，或者不是贵方",
        "used_mb 要是整数 MB，不能小于 0",
        "应有 10 列，只有 1 列",
    ]
    assert Usage.objects.filter(msisdn=mine).exists()
    assert not Usage.objects.filter(msisdn=theirs).exists()


def test_every_fault_of_a_line_is_said_in_chinese() -> None:
    source = Path(rules.__file__).read_text()
    raised = re.findall(r'raise BadLine\(f?"([^"]+)"\)', source)
    assert len(raised) == len(BAD_LINES)
    for text in raised:
        written = re.sub(r"{[^}]*}", "x", text)
        assert CHINESE.search(fault_in_words(written, faults=BAD_LINES)), written


def test_the_same_key_is_one_upload() -> None:
    mine, key, by = an_msisdn(), uuid.uuid4(), a_user()
    content = (HEAD, line(mine))
    assert hand_in(*content, by=by, key=key) == hand_in(*content, by=by, key=key)
    with pytest.raises(KeyReused):
        hand_in(HEAD, line(mine, used="6"), by=by, key=key)
    assert hand_in(*content).unchanged == 1


def test_what_is_no_usage_file_or_too_long_is_refused() -> None:
    with pytest.raises(NotAUsageFile):
        hand_in("msisdn,used", "1,2")
    with pytest.raises(UsageFileTooLong):
        hand_in(HEAD, "x" * UPLOAD_BYTES_MAX)
    for name in ("", "x" * 256, "\u202e.csv"):
        with pytest.raises(BadFileName):
            upload_usage(
                carrier=a_carrier("CT"),
                name=name,
                content=HEAD.encode(),
                by=a_user(),
                key=uuid.uuid4(),
                now=NOW,
            )
    assert not UsageUpload.objects.exists()
