"""Texts through a vendor's HTTP gateway, each request signed, each text named once.

The gateway takes `POST <url>/messages` and tells of one at `GET <url>/messages/<reference>`. It
knows a text by its reference (also as `Idempotency-Key`): sent again under the same, it is one.
"""

import json
from dataclasses import dataclass
from secrets import token_hex
from time import monotonic
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from django.conf import settings
from django.utils import timezone

from wallet.gateways.contract import Answer, Letter, Outcome
from wallet.gateways.signing import authorization

CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 5.0
WHOLE_SECONDS: Final = 10.0
ANSWER_BYTES_MAX: Final = 65_536
# Raised before the first byte of the request is written; anything later may have arrived.
_BEFORE_SENDING: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_TAKEN: Final = frozenset({200, 201, 202, 409})  # 409: it has this reference already
_NOT_NOW: Final = frozenset({401, 403, 429, 503})  # refused before it was looked at
_NEVER: Final = frozenset({400, 404, 413, 422})
_STATES: Final = {
    "accepted": Outcome.SENT,
    "sent": Outcome.SENT,
    "delivered": Outcome.SENT,
    "failed": Outcome.REFUSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where a gateway is, and how it knows us."""

    url: str
    key_id: str
    secret: str


class HttpTexts:
    """A gateway that takes signed JSON over HTTP."""

    def __init__(self, *, account: Account | None = None) -> None:
        """Use this account, or the settings'."""
        self._account = account or Account(
            url=settings.SMS_URL, key_id=settings.SMS_KEY_ID, secret=settings.SMS_SECRET
        )

    def send(self, *, letter: Letter) -> Answer:
        """Hand over a text."""
        body = {
            "id": str(letter.reference),
            "to": letter.to,
            "template": letter.kind,
            "language": letter.language,
            "text": letter.body,
        }
        content = json.dumps(body, ensure_ascii=False).encode()
        found = self._exchange("POST", "/messages", content, key=str(letter.reference))
        if isinstance(found, Answer):
            return found
        status, _ = found
        reason = f"http_{status}"
        if status in _TAKEN:
            return Answer(outcome=Outcome.SENT)
        if status in _NOT_NOW:
            return Answer(outcome=Outcome.NOT_SENT, reason=reason)
        if status in _NEVER:
            return Answer(outcome=Outcome.REFUSED, reason=reason)
        return Answer(outcome=Outcome.UNKNOWN, reason=reason)

    def asked(self, *, reference: UUID) -> Answer:
        """Ask what became of a text; one the gateway never had may be sent again."""
        found = self._exchange("GET", f"/messages/{reference}", b"", key="")
        if isinstance(found, Answer):
            return Answer(outcome=Outcome.UNKNOWN, reason=found.reason)
        status, body = found
        if status == httpx.codes.NOT_FOUND:
            return Answer(outcome=Outcome.NOT_SENT, reason="never_arrived")
        state = _state_in(body) if status == httpx.codes.OK else ""
        return Answer(outcome=_STATES.get(state, Outcome.UNKNOWN), reason=state or f"http_{status}")

    def _exchange(
        self, method: str, path: str, content: bytes, *, key: str
    ) -> tuple[int, bytes] | Answer:
        url = self._account.url.rstrip("/") + path
        headers = {
            "Authorization": authorization(
                key_id=self._account.key_id,
                secret=self._account.secret,
                method=method,
                path=urlsplit(url).path,
                body=content,
                nonce=token_hex(16),
                now=timezone.now(),
            ),
            "Content-Type": "application/json;charset=utf-8",
            "Accept": "application/json",
        }
        if key:
            headers["Idempotency-Key"] = key
        timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        # A proxy taken from the environment would see subscribers' numbers.
        with httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False) as client:
            request = client.build_request(method, url, content=content, headers=headers)
            return _answered(client, request)


def _answered(client: httpx.Client, request: httpx.Request) -> tuple[int, bytes] | Answer:
    """Return the status and the body, or how much is known without them."""
    ends, body = monotonic() + WHOLE_SECONDS, bytearray()
    try:
        response = client.send(request, stream=True)
        try:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > ANSWER_BYTES_MAX or monotonic() > ends:
                    return Answer(outcome=Outcome.UNKNOWN, reason="answer_too_long")
        finally:
            response.close()
    except _BEFORE_SENDING:
        return Answer(outcome=Outcome.NOT_SENT, reason="no_connection")
    except httpx.HTTPError:
        return Answer(outcome=Outcome.UNKNOWN, reason="no_answer")
    return response.status_code, bytes(body)


def _state_in(body: bytes) -> str:
    try:
        found = json.loads(body)
    except ValueError:
        return "unreadable"
    state = found.get("state") if isinstance(found, dict) else None
    return state if isinstance(state, str) and state in _STATES else "unreadable"
