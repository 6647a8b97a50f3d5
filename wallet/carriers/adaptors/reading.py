"""Read TMF654 answers into the contract's terms: failed only where the carrier says so."""

from collections.abc import Callable, Mapping
from typing import Final

from wallet.carriers.adaptors import wire
from wallet.carriers.adaptors.channel import Reply
from wallet.carriers.adaptors.contract import (
    CARRIER_ERROR,
    DUPLICATE,
    NOT_FOUND,
    UNREADABLE,
    Answer,
    LineKind,
    Outcome,
    Remainder,
    StatementLine,
)
from wallet.carriers.rules import is_carrier_code

# 401, 408, 425 and 429 speak of us or of the moment, 409 says the reference is known already:
# none of them says that this reference was refused.
_REFUSALS: Final = frozenset({400, 403, 404, 422})
_OUTCOMES: Final = {
    "created": Outcome.PROCESSING,
    "completed": Outcome.DELIVERED,
    "failed": Outcome.FAILED,
    "cancelled": Outcome.FAILED,
}
REASON_LENGTH_MAX: Final = 64


def answer_to_post(*, ref: str, reply: Reply, signed_mb: int) -> Answer:
    """Read the answer to a deduct, a restore or a submit; MB signed as they were sent."""

    def accepted(record: object) -> Answer:
        if wire.whole_mb(value=wire.member(record, "amount")) != signed_mb:
            raise wire.Unreadable("Another amount was answered.")
        return _answer_in(ref=ref, record=record)

    return answer_to_order(ref=ref, reply=reply, read=accepted)


def answer_to_status(*, ref: str, reply: Reply) -> Answer:
    """Read the answer to a question for one reference."""
    return answer_to_question(
        ref=ref, reply=reply, read=lambda record: _answer_in(ref=ref, record=record)
    )


def answer_to_order(*, ref: str, reply: Reply, read: Callable[[object], Answer]) -> Answer:
    """Read the answer to anything that moves goods; `read` reads the record of what was done."""
    try:
        _check_correlation(ref=ref, reply=reply)
        if reply.status in {200, 201, 202}:
            return read(wire.read_json(data=reply.body))
        if reply.status in _REFUSALS:
            return _refused(ref=ref, reply=reply)
    except wire.Unreadable:
        return _unknown(ref=ref, reason=UNREADABLE)
    return _undecided(ref=ref, reply=reply)


def answer_to_question(*, ref: str, reply: Reply, read: Callable[[object], Answer]) -> Answer:
    """Read the answer to a question for one reference: no record or one, which `read` reads."""
    if reply.status == 404:
        return _unknown(ref=ref, reason=NOT_FOUND)
    if reply.status != 200:
        return _undecided(ref=ref, reply=reply)
    try:
        _check_correlation(ref=ref, reply=reply)
        records = records_in(reply=reply)
        if not records:
            return _unknown(ref=ref, reason=NOT_FOUND)
        if len(records) > 1:
            raise wire.Unreadable("One reference, several records.")
        return read(records[0])
    except wire.Unreadable:
        return _unknown(ref=ref, reason=UNREADABLE)


def records_in(*, reply: Reply) -> list[object]:
    """Read a list of resources.

    Raises:
        Unreadable: it is no list.
    """
    records = wire.read_json(data=reply.body)
    if not isinstance(records, list):
        raise wire.Unreadable("A list was expected.")
    return records


def remainder_in(*, record: object) -> Remainder:
    """Read a bucket.

    Raises:
        Unreadable: it lacks what a remainder needs.
    """
    parties = wire.member(record, "relatedParty")
    provinces = [
        wire.text_at(party, "id")
        for party in (parties if isinstance(parties, list) else [])
        if wire.member(party, "role") == "province"
    ]
    return Remainder(
        package=wire.text_at(record, "product", 0, "id"),
        kind=wire.text_at(record, "name"),
        month=wire.month_in(period=wire.member(record, "validFor")),
        province=provinces[0] if provinces else None,
        remaining_mb=wire.whole_mb(value=wire.member(record, "remainingValue")),
    )


def statement_line_in(*, record: object) -> StatementLine:
    """Read one line of a statement.

    Raises:
        Unreadable: it lacks what a line needs.
    """
    signed_mb = wire.whole_mb(value=wire.member(record, "amount"))
    return StatementLine(
        carrier_line_id=wire.text_at(record, "id"),
        ref=wire.text_at(record, "requestor", "id"),
        kind=_kind_of(type_name=wire.text_at(record, "@type"), signed_mb=signed_mb),
        msisdn=wire.text_at(record, "logicalResource", 0, "id"),
        package=wire.text_at(record, "product", 0, "id"),
        month=wire.month_in(period=wire.member(record, "validFor")),
        mb=abs(signed_mb),
        booked_at=wire.read_instant(text=wire.text_at(record, "confirmationDate")),
    )


def stated_carrier(*, reply: Reply) -> str | None:
    """Return the carrier which an error names as the number's present one, if it does."""
    try:
        carrier = wire.member(wire.read_json(data=reply.body), "carrier")
    except wire.Unreadable:
        return None
    return carrier if isinstance(carrier, str) and is_carrier_code(carrier) else None


def _kind_of(*, type_name: str, signed_mb: int) -> LineKind:
    kinds: Mapping[tuple[str, bool], LineKind] = {
        ("TopupBalance", True): LineKind.DELIVERED,
        ("AdjustBalance", True): LineKind.RESTORED,
        ("AdjustBalance", False): LineKind.DEDUCTED,
    }
    try:
        return kinds[type_name, signed_mb > 0]
    except KeyError as error:
        raise wire.Unreadable(f"{type_name} of {signed_mb} MB means nothing here.") from error


def _answer_in(*, ref: str, record: object) -> Answer:
    if wire.text_at(record, "requestor", "id") != ref:
        raise wire.Unreadable("The answer speaks of another reference.")
    outcome = _OUTCOMES.get(wire.text_at(record, "status"))
    if outcome is None:
        raise wire.Unreadable("The status is none of TMF654's.")
    confirmed = wire.member(record, "confirmationDate")
    reason = wire.member(record, "reason") if outcome is Outcome.FAILED else ""
    return Answer(
        ref=ref,
        outcome=outcome,
        reason=reason[:REASON_LENGTH_MAX] if isinstance(reason, str) else "",
        mb=abs(wire.whole_mb(value=wire.member(record, "amount"))),
        confirmed_at=wire.read_instant(text=confirmed) if isinstance(confirmed, str) else None,
    )


def _refused(*, ref: str, reply: Reply) -> Answer:
    error = wire.read_json(data=reply.body)
    wire.text_at(error, "reason")
    return Answer(
        ref=ref,
        outcome=Outcome.FAILED,
        reason=wire.text_at(error, "code")[:REASON_LENGTH_MAX],
        carrier=stated_carrier(reply=reply),
    )


def _undecided(*, ref: str, reply: Reply) -> Answer:
    if reply.status >= 500:
        return _unknown(ref=ref, reason=CARRIER_ERROR)
    return _unknown(ref=ref, reason=DUPLICATE if reply.status == 409 else UNREADABLE)


def _unknown(*, ref: str, reason: str) -> Answer:
    return Answer(ref=ref, outcome=Outcome.UNKNOWN, reason=reason)


def _check_correlation(*, ref: str, reply: Reply) -> None:
    """Refuse an answer which names another call: a proxy may have mixed them up."""
    if reply.headers.get(wire.CORRELATION_HEADER, ref) != ref:
        raise wire.Unreadable("The answer belongs to another call.")
