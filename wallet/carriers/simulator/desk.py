"""Answer TMF654 requests, and go wrong where a fault is due."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from ledger.rules import month_name
from wallet.carriers.adaptors import wire
from wallet.carriers.rules import is_msisdn
from wallet.carriers.simulator import records, statements
from wallet.carriers.simulator.carrier import Order, SimulatedCarrier
from wallet.carriers.simulator.faults import Faults, drawn
from wallet.carriers.simulator.refusals import Refused

PAGE_LINES_MAX: Final = 1000
_REFERENCE: Final = re.compile(r"[!-~]{1,128}")
_TYPES: Final = {"/topupBalance": "TopupBalance", "/adjustBalance": "AdjustBalance"}


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


class Desk:
    """The carrier's face: one call of `answer` for each request, from any thread."""

    def __init__(self, *, carrier: SimulatedCarrier, faults: Faults) -> None:
        """Serve a carrier."""
        self._carrier = carrier
        self._faults = faults

    def answer(self, *, request: Request) -> Reply:
        """Return the answer to a request; an error is an answer too."""
        try:
            return self._route(request=request)
        except wire.Unreadable as error:
            return _error(refused=Refused("invalid_request", detail=str(error)))
        except Refused as refused:
            return _error(refused=refused)

    def _route(self, *, request: Request) -> Reply:
        if self._faults.down:
            raise Refused("unavailable")
        if request.method == "POST" and request.path in _TYPES:
            return self._move(request=request)
        if request.method != "GET":
            raise Refused("method_not_allowed")
        return self._look_up(request=request)

    def _move(self, *, request: Request) -> Reply:
        order = _order_in(request=request)
        attempt = self._carrier.state.attempt_at(subject=order.ref)
        if self._faults.strikes(fault="error_500", subject=order.ref, attempt=attempt):
            # Half of a carrier's 500s come after it has done the work.
            if drawn(seed=self._faults.seed, text=f"500 after|{order.ref}|{attempt}") % 2:
                self._carrier.act(order=order, now=request.now)
            raise Refused("internal_error")
        reply = self._moved(order=order, request=request)
        if self._faults.strikes(fault="timeout_after_apply", subject=order.ref, attempt=attempt):
            return Reply(status=reply.status, body=reply.body, hangs=True)
        if self._faults.strikes(fault="duplicate", subject=order.ref, attempt=attempt):
            # The carrier's own gateway sent it twice, and hands out the second answer.
            raise Refused("duplicate_request")
        return reply

    def _moved(self, *, order: Order, request: Request) -> Reply:
        row = self._carrier.act(order=order, now=request.now)
        headers = {wire.CORRELATION_HEADER: order.ref}
        if row["refusal"]:
            served_by = self._carrier.served_by(msisdn=order.msisdn)
            refused = Refused(
                row["refusal"], carrier=served_by if row["refusal"] == "ported" else None
            )
            return Reply(status=refused.status, body=refused.body(), headers=headers)
        body = records.action_record(row=row, now=request.now)
        return Reply(status=201, body=body, headers=headers)

    def _look_up(self, *, request: Request) -> Reply:
        subject = f"{request.path}?{sorted(request.query.items())}"
        if self._faults.error_500:
            attempt = self._carrier.state.attempt_at(subject=subject)
            if self._faults.strikes(fault="error_500", subject=subject, attempt=attempt):
                raise Refused("internal_error")
        if request.path == "/bucket":
            return self._buckets(request=request)
        if request.path == "/balanceActionHistory":
            if ref := request.query.get("requestor.id"):
                rows = self._carrier.actions(ref=ref)
                found = [records.action_record(row=row, now=request.now) for row in rows]
                return Reply(status=200, body=found, headers={wire.CORRELATION_HEADER: ref})
            return self._statement(request=request)
        return self._one_of(request=request)

    def _buckets(self, *, request: Request) -> Reply:
        msisdn = request.query.get("logicalResource.id", "")
        if not is_msisdn(text=msisdn):
            raise Refused("invalid_request", detail="logicalResource.id must be a number.")
        found = [
            records.bucket_record(row=row, now=request.now)
            for row in self._carrier.buckets(msisdn=msisdn)
        ]
        if not found:
            found = [records.empty_bucket_record(msisdn=msisdn, now=request.now)]
        return Reply(status=200, body=found, headers={wire.TOTAL_HEADER: str(len(found))})

    def _statement(self, *, request: Request) -> Reply:
        query = request.query
        if query.get("status", "completed") != "completed":
            raise Refused("invalid_request", detail="Only what is completed is listed by date.")
        end = wire.read_instant(text=query.get("confirmationDate.lt", ""))
        state = self._carrier.state
        # Said before it is read: what is booked in between must not slip into a final day.
        final = statements.is_final(state=state, end=end, now=request.now)
        lines, total = statements.lines_booked(
            state=state,
            start=wire.read_instant(text=query.get("confirmationDate.gte", "")),
            end=end,
            now=request.now,
            offset=_count_in(query=query, name="offset", default=0),
            limit=min(_count_in(query=query, name="limit", default=100), PAGE_LINES_MAX),
        )
        return Reply(
            status=200 if len(lines) == total else 206,
            body=[records.line_record(row=row) for row in lines],
            headers={
                wire.TOTAL_HEADER: str(total),
                "X-Result-Count": str(len(lines)),
                wire.FINAL_HEADER: "true" if final else "false",
            },
        )

    def _one_of(self, *, request: Request) -> Reply:
        resource, _, name = request.path.rpartition("/")
        if resource in {*_TYPES, "/balanceActionHistory"}:
            row = self._carrier.state.one("SELECT * FROM action WHERE id = ?", name)
            if row is not None:
                return Reply(status=200, body=records.action_record(row=row, now=request.now))
        elif resource == "/bucket":
            row = self._carrier.state.one(
                "SELECT * FROM bucket WHERE msisdn || '-' || month || '-' || package = ?"
                " AND msisdn = substr(?, 1, 11)",
                name,
                name,
            )
            if row is not None:
                return Reply(status=200, body=records.bucket_record(row=row, now=request.now))
        raise Refused("not_found")


def _error(*, refused: Refused) -> Reply:
    return Reply(status=refused.status, body=refused.body())


def _order_in(*, request: Request) -> Order:
    body = wire.read_json(data=request.body)
    type_name = _TYPES[request.path]
    month = wire.month_in(period=wire.member(body, "validFor"))
    is_topup = type_name == "TopupBalance"
    order = Order(
        ref=wire.text_at(body, "requestor", "id"),
        type=type_name,
        msisdn=wire.text_at(body, "logicalResource", 0, "id"),
        month=month_name(month),
        package=wire.TOPUP_PACKAGE if is_topup else wire.text_at(body, "product", 0, "id"),
        product=wire.text_at(body, "product", 0, "id"),
        mb=wire.whole_mb(value=wire.member(body, "amount")),
    )
    if not _REFERENCE.fullmatch(order.ref) or not is_msisdn(text=order.msisdn):
        raise Refused("invalid_request", detail="No reference or no number.")
    if order.mb == 0 or (is_topup and order.mb < 0):
        raise Refused("invalid_request", detail="The amount moves nothing.")
    named = wire.bucket_id(msisdn=order.msisdn, month=month, package=order.package)
    if wire.member(body, "bucket", "id") != named or wire.member(body, "usageType") != "data":
        raise Refused("invalid_request", detail="Another bucket is named, or none of data.")
    return order


def _count_in(*, query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused("invalid_request", detail=f"{name} must be a number.")
    return int(text)
