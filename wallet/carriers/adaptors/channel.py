"""One bounded HTTP exchange with a carrier: what was sent, what came back, what failed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final

import httpx

from wallet.carriers.adaptors.wire import CORRELATION_HEADER, SIMULATED_NOW_HEADER


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """How long a call may take, how much it may answer, how many run at once."""

    connect_seconds: float = 2.0
    read_seconds: float = 5.0
    whole_seconds: float = 10.0
    answer_bytes: int = 4 * 1024 * 1024
    connections: int = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A carrier's answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NotSent(Exception):
    """No connection was made: the carrier has seen nothing of this call."""


class NotAnswered(Exception):
    """The call may have reached the carrier, but no whole answer came back."""


# Raised before the first byte of the request is written; anything later may have arrived.
_BEFORE_SENDING: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Channel:
    """A pool of connections to one carrier; safe to share between threads, not across a fork."""

    def __init__(
        self,
        *,
        base_url: str,
        limits: CallLimits,
        token: str | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """Prepare the pool; `clock` tells a simulator which time to play."""
        self._limits = limits
        self._clock = clock
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        self._client = httpx.Client(
            base_url=base_url,
            headers=headers,
            timeout=httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds),
            limits=httpx.Limits(max_connections=limits.connections),
            follow_redirects=False,
            trust_env=False,  # a proxy taken from the environment would see subscribers' numbers
        )

    def close(self) -> None:
        """Close the pool's connections."""
        self._client.close()

    def get(self, *, path: str, query: Mapping[str, str], ref: str | None = None) -> Reply:
        """Ask for a resource.

        Raises:
            NotSent: no connection was made.
            NotAnswered: no whole answer came back.
        """
        return self._exchange(
            request=self._client.build_request(
                "GET", path, params=dict(query), headers=self._headers(ref=ref)
            )
        )

    def post(self, *, path: str, body: Mapping[str, object], ref: str) -> Reply:
        """Send a resource to be created.

        Raises:
            NotSent: no connection was made.
            NotAnswered: no whole answer came back.
        """
        headers = self._headers(ref=ref) | {"Content-Type": "application/json;charset=utf-8"}
        content = json.dumps(body, ensure_ascii=False).encode()
        return self._exchange(
            request=self._client.build_request("POST", path, content=content, headers=headers)
        )

    def _headers(self, *, ref: str | None) -> dict[str, str]:
        headers = {} if ref is None else {CORRELATION_HEADER: ref}
        if self._clock is not None:
            headers[SIMULATED_NOW_HEADER] = self._clock().isoformat()
        return headers

    def _exchange(self, *, request: httpx.Request) -> Reply:
        try:
            response = self._client.send(request, stream=True)
            try:
                body = self._body_of(response=response)
            finally:
                response.close()
        except _BEFORE_SENDING as error:
            raise NotSent(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise NotAnswered(type(error).__name__) from error
        return Reply(status=response.status_code, headers=response.headers, body=body)

    def _body_of(self, *, response: httpx.Response) -> bytes:
        """Read the body; a read time-out alone would let a server drip for ever."""
        ends = monotonic() + self._limits.whole_seconds
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self._limits.answer_bytes:
                raise NotAnswered("The answer is longer than it may be.")
            if monotonic() > ends:
                raise NotAnswered("The answer took longer than it may.")
        return bytes(body)
