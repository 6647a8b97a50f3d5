"""What every simulated desk does: take a request, answer it, and go wrong where a fault is due."""

import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final

from wallet.carriers.adaptors import wire
from wallet.carriers.simulator import statements
from wallet.carriers.simulator.carrier import Order, SimulatedCarrier
from wallet.carriers.simulator.faults import Faults, drawn
from wallet.carriers.simulator.refusals import Refused

PAGE_LINES_MAX: Final = 1000
REFERENCE: Final = re.compile(r"[!-~]{1,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request, read to its end; `path` is below TMF654's base."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to answer; with `hangs` nothing is written and the line drops in the end."""

    status: int
    body: object
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some lines of a statement, of how many, and whether none will be added."""

    lines: list[sqlite3.Row]
    total: int
    final: bool

    def reply(self, *, body: list[dict[str, object]]) -> Reply:
        """Answer with the lines as they are written."""
        return Reply(
            status=200 if len(self.lines) == self.total else 206,
            body=body,
            headers={
                wire.TOTAL_HEADER: str(self.total),
                "X-Result-Count": str(len(self.lines)),
                wire.FINAL_HEADER: "true" if self.final else "false",
            },
        )


class Counter(ABC):
    """A party's face: one call of `answer` for each request, from any thread."""

    #: Where the paths of requests begin.
    base_path: ClassVar[str]
    #: Where what moves goods is posted.
    order_paths: ClassVar[Collection[str]]

    def __init__(self, *, carrier: SimulatedCarrier, faults: Faults) -> None:
        """Serve a party."""
        self.carrier = carrier
        self.faults = faults

    @abstractmethod
    def order_in(self, *, request: Request) -> Order:
        """Read an order.

        Raises:
            Refused, Unreadable: it is none.
        """

    @abstractmethod
    def record_of(self, *, row: sqlite3.Row, now: datetime) -> object:
        """Write what became of an order."""

    @abstractmethod
    def look_up(self, *, request: Request) -> Reply:
        """Answer a question.

        Raises:
            Refused, Unreadable: there is nothing to answer.
        """

    def answer(self, *, request: Request) -> Reply:
        """Return the answer to a request; an error is an answer too."""
        try:
            return self._route(request=request)
        except wire.Unreadable as error:
            return _error(refused=Refused("invalid_request", detail=str(error)))
        except Refused as refused:
            return _error(refused=refused)

    def _route(self, *, request: Request) -> Reply:
        if self.faults.down:
            raise Refused("unavailable")
        if request.method == "POST" and request.path in self.order_paths:
            return self._move(request=request)
        if request.method != "GET":
            raise Refused("method_not_allowed")
        return self._looked_up(request=request)

    def _move(self, *, request: Request) -> Reply:
        order = self.order_in(request=request)
        attempt = self.carrier.state.attempt_at(subject=order.ref)
        if self.faults.strikes(fault="error_500", subject=order.ref, attempt=attempt):
            # Half of a carrier's 500s come after it has done the work.
            if drawn(seed=self.faults.seed, text=f"500 after|{order.ref}|{attempt}") % 2:
                self.carrier.act(order=order, now=request.now)
            raise Refused("internal_error")
        reply = self._moved(order=order, request=request)
        if self.faults.strikes(fault="timeout_after_apply", subject=order.ref, attempt=attempt):
            return Reply(status=reply.status, body=reply.body, hangs=True)
        if self.faults.strikes(fault="duplicate", subject=order.ref, attempt=attempt):
            # The carrier's own gateway sent it twice, and hands out the second answer.
            raise Refused("duplicate_request")
        return reply

    def _moved(self, *, order: Order, request: Request) -> Reply:
        row = self.carrier.act(order=order, now=request.now)
        headers = {wire.CORRELATION_HEADER: order.ref}
        if row["refusal"]:
            served_by = self.carrier.served_by(msisdn=order.msisdn)
            refused = Refused(
                row["refusal"], carrier=served_by if row["refusal"] == "ported" else None
            )
            return Reply(status=refused.status, body=refused.body(), headers=headers)
        body = self.record_of(row=row, now=request.now)
        return Reply(status=201, body=body, headers=headers)

    def _looked_up(self, *, request: Request) -> Reply:
        subject = f"{request.path}?{sorted(request.query.items())}"
        if self.faults.error_500:
            attempt = self.carrier.state.attempt_at(subject=subject)
            if self.faults.strikes(fault="error_500", subject=subject, attempt=attempt):
                raise Refused("internal_error")
        return self.look_up(request=request)

    def lines_page(self, *, request: Request, start: datetime, end: datetime) -> Page:
        """Return the page of a statement that a request asks for by offset and limit."""
        # Said before it is read: what is booked in between must not slip into a final day.
        final = statements.is_final(state=self.carrier.state, end=end, now=request.now)
        lines, total = statements.lines_booked(
            state=self.carrier.state,
            start=start,
            end=end,
            now=request.now,
            offset=_count_in(query=request.query, name="offset", default=0),
            limit=min(_count_in(query=request.query, name="limit", default=100), PAGE_LINES_MAX),
        )
        return Page(lines=lines, total=total, final=final)


def _error(*, refused: Refused) -> Reply:
    return Reply(status=refused.status, body=refused.body())


def _count_in(*, query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused("invalid_request", detail=f"{name} must be a number.")
    return int(text)
