"""The door every POST that moves anything goes through: one key, one effect, one answer.

The answer is stored when the work is done; while it is not, the key is in flight. What crashed
half way may be asked again after a minute: operations find by the same key what they did.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.encoding import escape_uri_path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.refusals import KeyReused, MonthClosed, Refusal
from wallet.holders.models import ApiRequest, Holder
from wallet.holders.queries import holder_of

Result = TypeVar("Result")

_BEGIN = (Path(__file__).parent / "sql" / "begin_request_v1.sql").read_text()

HEADER = "Idempotency-Key"
PROBLEM = "application/problem+json"
TAKEN_UP_AFTER = timedelta(seconds=60)
# Whoever mended these may ask again under the same key; nothing had begun.
NOT_STORED = frozenset({400, 401, 403, 404, 405, 413, 415, 429})
KEY_PARAMETER = OpenApiParameter(
    HEADER,
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    required=True,
    description="A UUID of yours: asked again with it, nothing moves twice.",
)


class IdempotencyKeyMissing(Refusal):
    """A request that moves something names no key."""

    code = "idempotency_key_missing"
    status = 400


class IdempotencyKeyMalformed(Refusal):
    """The key is not a UUID."""

    code = "idempotency_key_malformed"
    status = 400


class RequestInFlight(Refusal):
    """The first request with this key has not been answered yet."""

    code = "request_in_flight"


def at_the_clock(act: Callable[[datetime], Result]) -> Result:
    """Do something now; if the month closed since the clock was read, read it once more."""
    try:
        return act(timezone.now())
    except MonthClosed:
        return act(timezone.now())


def idempotent(handler: Callable[..., Response]) -> Callable[..., Response]:
    """Give a view's handler `holder`, `key` and `now`, and replay its stored answer.

    The handler is `post(self, request, *, holder, key, now, **captured)`.
    """

    @wraps(handler)
    def answer(view: APIView, request: Request, **captured: Any) -> Response:
        holder = holder_of(request.user)
        key = _key_of(request)
        row = _begun(request=request, holder=holder, key=key, now=timezone.now())
        if row.status is not None:
            return _replayed(row.answer, status=row.status)
        return _answered(
            view,
            row,
            lambda now: handler(view, request, holder=holder, key=key, now=now, **captured),
        )

    return answer


def _replayed(answer: Any, *, status: int) -> Response:
    return Response(
        answer,
        status=status,
        headers={"Idempotent-Replayed": "true"},
        content_type=PROBLEM if status >= 400 else None,
    )


def _answered(view: APIView, row: ApiRequest, act: Callable[[datetime], Response]) -> Response:
    """Do the work and store its answer; a fault of ours leaves the key free."""
    try:
        response = at_the_clock(act)
    except Exception as error:  # noqa: BLE001 the view's own handler decides, and may raise it again
        row_id = row.pk
        try:
            response = view.handle_exception(error)
        except Exception:
            ApiRequest.objects.filter(pk=row_id).delete()
            raise
    if response.status_code in NOT_STORED:
        row.delete()
        return response
    row.status = response.status_code
    row.answer = json.loads(JSONRenderer().render(response.data))
    row.answered_at = timezone.now()
    row.save(update_fields=["status", "answer", "answered_at"])
    return response


def _key_of(request: Request) -> UUID:
    text = request.headers.get(HEADER, "")
    if not text:
        raise IdempotencyKeyMissing(f"Send a UUID of yours as {HEADER}.")
    return key_in(text)


def key_in(text: str) -> UUID:
    """Return the key a client chose.

    Raises:
        IdempotencyKeyMalformed: the text is not a UUID.
    """
    try:
        return UUID(text)
    except ValueError as error:
        raise IdempotencyKeyMalformed("The key is not a UUID.") from error


def _begun(*, request: Request, holder: Holder, key: UUID, now: datetime) -> ApiRequest:
    """Return the key's row: a new one, an answered one, or one taken up from a lost request."""
    asked = ApiRequest(
        holder=holder,
        key=str(key),
        fingerprint=_fingerprint(request),
        method=request.method or "",
        path=escape_uri_path(request.path)[:255],
        asked_at=now,
    )
    if _is_first(asked):
        return asked
    row = ApiRequest.objects.filter(holder=holder, key=asked.key).first()
    if row is not None and row.fingerprint != asked.fingerprint:
        raise KeyReused("This key was used for another request.", field="body")
    if row is not None and row.status is not None:
        return row
    # Without a row, the first request has just ended with nothing to keep.
    lost = ApiRequest.objects.filter(status=None, asked_at__lte=now - TAKEN_UP_AFTER)
    if row is None or not lost.filter(pk=row.pk).update(asked_at=now):
        raise RequestInFlight("The first request with this key is still under way.")
    return row


def _is_first(asked: ApiRequest) -> bool:
    """Write a request down, unless its key has one; say whether it was written."""
    with connection.cursor() as cursor:
        cursor.execute(
            _BEGIN,
            {
                "holder": asked.holder_id,
                "key": asked.key,
                "fingerprint": asked.fingerprint,
                "method": asked.method,
                "path": asked.path,
                "asked_at": asked.asked_at,
            },
        )
        found = cursor.fetchone()
    if found is not None:
        asked.pk = found[0]
    return found is not None


def _fingerprint(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(f"{request.method}\n{request.path}\n{body}".encode()).hexdigest()
