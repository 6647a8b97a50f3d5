"""Open a carrier's office, hear what it says of breaks, take its usage files."""

import hashlib
import io
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.refusals import KeyReused, Refusal
from ledger.rules import derived_id
from wallet.carriers.models import Break, Carrier
from wallet.carriers.usage.operations import WrongHeader, load_usage_file
from wallet.carriers.usage.rules import HEADER
from wallet.holders.models import Member, User
from wallet.holders.operations import add_member, open_organisation, refuse_frozen_person
from wallet.offices.models import BreakAnswer, CarrierOffice, UsageUpload
from wallet.offices.rules import ERRORS_KEPT, NAME_LENGTH_MAX, UPLOAD_BYTES_MAX, is_said


class BreakSettled(Refusal):
    """The difference was settled already."""

    code = "break_settled"


class BadBreakAnswer(Refusal):
    """An answer is 1 to 500 characters."""

    code = "bad_break_answer"
    status = 422


class UsageFileTooLong(Refusal):
    """A usage file handed in here is at most 8 MB; longer ones come in parts."""

    code = "usage_file_too_long"
    status = 413


class BadFileName(Refusal):
    """A file's name is 1 to 255 printable characters."""

    code = "bad_file_name"
    status = 422


class NotAUsageFile(Refusal):
    """The file's first line does not name a usage file's columns."""

    code = "not_a_usage_file"
    status = 422


@transaction.atomic
def open_carrier_office(*, carrier: Carrier, owner: User, now: datetime) -> CarrierOffice:
    """Open the organisation that speaks for a carrier, with its first member; return the office.

    Asked again, the person becomes an owner of the office there is.
    """
    Carrier.objects.select_for_update().get(pk=carrier.pk)
    office = CarrierOffice.objects.filter(carrier=carrier).first()
    if office is None:
        organisation = open_organisation(name=carrier.name_zh, now=now)
        office = CarrierOffice.objects.create(
            carrier=carrier, organisation=organisation, opened_at=now
        )
    add_member(organisation=office.organisation, user=owner, role=Member.Role.OWNER)
    return office


@transaction.atomic
def answer_break(*, found: Break, text: str, by: User, key: UUID, now: datetime) -> BreakAnswer:
    """Keep what a carrier says of a difference, for our staff to decide, and return it.

    Asked again with the same key, the first answer comes back.

    Raises:
        BadBreakAnswer: the answer is empty or too long.
        KeyReused: the key already names another answer.
        HolderFrozen: the person may do nothing.
        BreakSettled: the difference was settled.
    """
    said = text.strip()
    if not is_said(said):
        raise BadBreakAnswer("Say it in 1 to 500 characters.")
    answer_id = derived_id(by.pk, "answer_break", key)
    before = BreakAnswer.objects.filter(pk=answer_id).first()
    if before is not None:
        if (before.found_id, before.text) != (found.pk, said):
            raise KeyReused("The key already names another answer.", field="text")
        return before
    refuse_frozen_person(by)
    held = Break.objects.select_for_update().get(pk=found.pk)
    if held.resolved_at is not None:
        raise BreakSettled("This difference was settled.")
    return BreakAnswer.objects.create(pk=answer_id, found=held, text=said, said_by=by, said_at=now)


def upload_usage(
    *, carrier: Carrier, name: str, content: bytes, by: User, key: UUID, now: datetime
) -> UsageUpload:
    """Load a usage file that a carrier hands in, and return what became of it.

    Lines about another carrier's numbers are bad ones. Asked again with the same key, the first
    upload comes back; a file whose loading was cut short is loaded again, which changes nothing.

    Raises:
        BadFileName: the name cannot be shown.
        UsageFileTooLong: the file is longer than 8 MB.
        NotAUsageFile: its first line is not that of a usage file.
        KeyReused: the key already names another file.
        HolderFrozen: the person may do nothing.
    """
    _refuse_strange_file(name=name, content=content)
    upload_id = derived_id(carrier.pk, "upload_usage", by.pk, key)
    digest = hashlib.sha256(content).hexdigest()
    before = UsageUpload.objects.filter(pk=upload_id).first()
    if before is not None:
        if before.sha256 != digest:
            raise KeyReused("The key already names another file.", field="content")
        return before
    refuse_frozen_person(by)
    errors: list[tuple[int, str]] = []
    try:
        report = load_usage_file(
            source=io.BytesIO(content),
            name=name,
            now=now,
            complain=lambda number, why: errors.append((number, why)),
            progress=lambda _size_bytes: None,
            only=carrier.pk,
        )
    except WrongHeader as error:
        raise NotAUsageFile(f"The first line must be {','.join(HEADER)}.") from error
    told = {"carrier": carrier, "name": name, "sha256": digest, "errors": errors[:ERRORS_KEPT]}
    counted = ("lines", "bad_lines", "loaded", "breaks")
    upload, _made = UsageUpload.objects.get_or_create(
        pk=upload_id,
        defaults={
            **told,
            "uploaded_by": by,
            "uploaded_at": now,
            **{name: getattr(report, name) for name in counted},
        },
    )
    return upload


def _refuse_strange_file(*, name: str, content: bytes) -> None:
    if not 1 <= len(name) <= NAME_LENGTH_MAX or not name.isprintable():
        raise BadFileName("A file's name is 1 to 255 printable characters.")
    if len(content) > UPLOAD_BYTES_MAX:
        raise UsageFileTooLong("Hand in at most 8 MB at once; longer files come in parts.")
