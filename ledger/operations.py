"""The one way in: every posting goes through the database's own functions."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
from psycopg import Cursor, errors

from ledger import refusals
from ledger.rules import AMOUNT_MAX, Posting, array_of_texts, array_text, month_after, month_of

_REFUSALS: dict[str, type[refusals.Refusal]] = {
    "FC001": refusals.InvalidPosting,
    "FC002": refusals.KeyReused,
    "FC003": refusals.BalanceTooLow,
    "FC004": refusals.UnknownAddress,
    "FC005": refusals.UnknownKind,
    "FC006": refusals.MonthNotOpen,
    "FC007": refusals.MonthClosed,
    "FC008": refusals.AssetExpired,
    "FC009": refusals.BalanceTooHigh,
    "FC010": refusals.UnknownTransaction,
    "FC011": refusals.WrongIsolation,
    "FC012": refusals.MonthClosed,
    "FC013": refusals.LegsBroken,
    "FC014": refusals.CopyNotDeclared,
    "FC015": refusals.NotSealed,
    "FC016": refusals.NotTheSealKey,
    "FC059": refusals.NotApproved,
    "22003": refusals.AmountOutOfRange,
}
_CONSTRAINTS: dict[str, type[refusals.Refusal]] = {
    "ledger_transaction_reverses": refusals.AlreadyReversed,
    "ledger_transaction_reverses_another": refusals.InvalidPosting,
    "ledger_account_cny_is_for_organisations": refusals.UnknownAddress,
    "ledger_account_asset": refusals.UnknownAddress,
    "ledger_stripe_fits": refusals.AmountOutOfRange,
}
_POST = "SELECT public.ledger_post_v2(%s, %s, %s, %s, %s, %s::jsonb, %s, %s::text[], %s::text[], %s::bigint[])"
_POST_BATCH = (
    "SELECT public.ledger_post_batch_v2(%s, %s, %s, %s::uuid[], %s::text[], %s::jsonb[],"
    " %s::uuid[], %s::integer[], %s::text[], %s::text[], %s::bigint[])"
)
_POST_EACH = (
    "SELECT state, code, of_constraint, message, detail"
    " FROM public.ledger_post_each_v1(%s, %s, %s, %s::uuid[], %s::text[], %s::jsonb[],"
    " %s::uuid[], %s::integer[], %s::text[], %s::text[], %s::bigint[])"
)
MONTHS_AHEAD = 13


class Outcome(StrEnum):
    """Whether a posting was made now or had been made before, with the same content."""

    POSTED = "posted"
    REPEATED = "repeated"


def post(posting: Posting) -> Outcome:
    """Post one transaction, or find that it was posted before with the same content.

    Must be the last statement of its database transaction, which must be READ COMMITTED.

    Raises:
        InvalidPosting: the legs do not make a posting.
        KeyReused: the id already names a transaction with other content.
        BalanceTooLow, BalanceTooHigh: an account would leave its bounds.
        MonthNotOpen, MonthClosed, AssetExpired, UnknownAddress, UnknownKind,
        AmountOutOfRange, AlreadyReversed, UnknownTransaction, NotApproved: as they say.
    """
    _refuse_huge([posting])
    legs, reverses = posting.legs, posting.reverses
    with refusing():
        posted = answer_of(
            _POST,
            [
                str(posting.id),
                posting.kind,
                str(posting.posting_month()),
                str(posting.at),
                posting.actor,
                json.dumps(dict(posting.metadata)),
                None if reverses is None else str(reverses),
                array_of_texts([leg.address for leg in legs]),
                array_of_texts([leg.asset for leg in legs]),
                array_text([leg.amount for leg in legs]),
            ],
        )
    return Outcome.POSTED if posted else Outcome.REPEATED


def answer_of(call: str, arguments: Sequence[str | None] | Mapping[str, str | None]) -> Any:
    """Call a function of the database in a statement prepared once a connection; return its value.

    The arguments are texts, which the function's types read: so a call is one statement, whatever
    it is given.
    """
    connection.validate_thread_sharing()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    # Django's own cursors write arguments into the statement, which is then never the same.
    wrapper = CursorDebugWrapper if connection.queries_logged else CursorWrapper
    with wrapper(Cursor(connection.connection), connection) as cursor:
        cursor.execute(call, arguments)
        return cursor.fetchone()[0]


def post_batch(postings: Sequence[Posting]) -> frozenset[UUID]:
    """Post many transactions of one month, instant and actor, all or nothing.

    Returns the ids posted now; the others had been posted before with the same content.

    Raises: as `post`, for the first that is refused.
    """
    if not postings:
        return frozenset()
    with refusing(), connection.cursor() as cursor:
        cursor.execute(_POST_BATCH, batch_arguments(postings))
        return frozenset(cursor.fetchone()[0])


def post_each(postings: Sequence[Posting]) -> list[Outcome | refusals.Refusal]:
    """Post many transactions of one month, instant and actor, each for itself.

    Returns, in their order, what `post` of each in turn would return or raise. Must be the
    last statement of its database transaction, as `post`.

    Raises:
        InvalidPosting: they are of several months, instants or actors, one is named twice, or
            one reverses itself.
        AmountOutOfRange: an amount does not fit 64 bits.
    """
    if not postings:
        return []
    with refusing(), connection.cursor() as cursor:
        cursor.execute(_POST_EACH, batch_arguments(postings))
        return [
            Outcome(state) if code is None else _refusal(code, constraint, message, detail)
            for state, code, constraint, message, detail in cursor.fetchall()
        ]


def batch_arguments(postings: Sequence[Posting]) -> list[Any]:
    """Return what `ledger_post_batch_v2` takes of some postings, for who calls it with more.

    Raises:
        InvalidPosting: they are of several months, instants or actors.
        AmountOutOfRange: an amount does not fit 64 bits.
    """
    told = {(posting.month, posting.at, posting.actor) for posting in postings}
    heads = {(month or month_of(at), at, actor) for month, at, actor in told}
    if len(heads) > 1:
        raise refusals.InvalidPosting("A batch is of one month, one instant and one actor.")
    _refuse_huge(postings)
    legs = [(place, leg) for place, one in enumerate(postings, 1) for leg in one.legs]
    return [
        *heads.pop(),
        array_text([posting.id for posting in postings]),
        array_of_texts([posting.kind for posting in postings]),
        array_of_texts([json.dumps(dict(posting.metadata)) for posting in postings]),
        array_text([posting.reverses for posting in postings]),
        array_text([place for place, _ in legs]),
        array_of_texts([leg.address for _, leg in legs]),
        array_of_texts([leg.asset for _, leg in legs]),
        array_text([leg.amount for _, leg in legs]),
    ]


def open_months(*, now: datetime) -> list[date]:
    """Open this month and the next 13, and return those that were not open before."""
    first = month_of(now)
    return [
        month
        for ahead in range(MONTHS_AHEAD + 1)
        if open_month(month=(month := month_after(first, ahead)))
    ]


def open_month(*, month: date) -> bool:
    """Open a month for postings; False if it had been opened before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.ledger_open_month_v1(%s)", [month])
        return bool(cursor.fetchone()[0])


@contextmanager
def refusing(more: Mapping[str, type[refusals.Refusal]] = MappingProxyType({})) -> Iterator[None]:
    """Turn the database's refusals into ours, and `more` by their codes; the rest passes as it is."""
    try:
        yield
    except DatabaseError as error:
        cause = error.__cause__
        if not isinstance(cause, errors.Error):
            raise
        found = ({**_REFUSALS, **more}).get(cause.sqlstate or "") or _CONSTRAINTS.get(
            cause.diag.constraint_name or ""
        )
        if found is None:
            raise
        raise found(
            cause.diag.message_primary or found.code, **_facts(cause.diag.message_detail)
        ) from error


def _facts(detail: str | None) -> dict[str, object]:
    return json.loads(detail) if detail and detail.startswith("{") else {}


def _refusal(code: str, constraint: str, message: str, detail: str) -> refusals.Refusal:
    found = _REFUSALS.get(code) or _CONSTRAINTS[constraint]
    return found(message, **_facts(detail))


def _refuse_huge(postings: Sequence[Posting]) -> None:
    for posting in postings:
        for leg in posting.legs:
            if abs(leg.amount) > AMOUNT_MAX:
                raise refusals.AmountOutOfRange(f"{leg.amount} does not fit 64 bits.")
