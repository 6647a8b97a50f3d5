"""Answer TMF654 requests as a carrier does."""

import sqlite3
from datetime import datetime
from typing import ClassVar, Final

from ledger.rules import month_name
from wallet.carriers.adaptors import wire
from wallet.carriers.rules import is_msisdn
from wallet.carriers.simulator import records
from wallet.carriers.simulator.carrier import Order
from wallet.carriers.simulator.counter import REFERENCE, Counter, Reply, Request
from wallet.carriers.simulator.refusals import Refused

_TYPES: Final = {"/topupBalance": "TopupBalance", "/adjustBalance": "AdjustBalance"}


class Desk(Counter):
    """A carrier's desk: top-ups, adjustments, buckets and statements."""

    base_path: ClassVar = wire.BASE_PATH
    order_paths: ClassVar = _TYPES

    def order_in(self, *, request: Request) -> Order:
        """Read a top-up or an adjustment."""
        return _order_in(request=request)

    def record_of(self, *, row: sqlite3.Row, now: datetime) -> object:
        """Write a balance's action."""
        return records.action_record(row=row, now=now)

    def look_up(self, *, request: Request) -> Reply:
        """Answer what is asked of buckets, a reference, a day or a resource."""
        if request.path == "/bucket":
            return self._buckets(request=request)
        if request.path == "/balanceActionHistory":
            if ref := request.query.get("requestor.id"):
                rows = self.carrier.actions(ref=ref)
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
            for row in self.carrier.buckets(msisdn=msisdn)
        ]
        if not found:
            found = [records.empty_bucket_record(msisdn=msisdn, now=request.now)]
        return Reply(status=200, body=found, headers={wire.TOTAL_HEADER: str(len(found))})

    def _statement(self, *, request: Request) -> Reply:
        query = request.query
        if query.get("status", "completed") != "completed":
            raise Refused("invalid_request", detail="Only what is completed is listed by date.")
        page = self.lines_page(
            request=request,
            start=wire.read_instant(text=query.get("confirmationDate.gte", "")),
            end=wire.read_instant(text=query.get("confirmationDate.lt", "")),
        )
        return page.reply(body=[records.line_record(row=row) for row in page.lines])

    def _one_of(self, *, request: Request) -> Reply:
        resource, _, name = request.path.rpartition("/")
        if resource in {*_TYPES, "/balanceActionHistory"}:
            row = self.carrier.state.one("SELECT * FROM action WHERE id = ?", name)
            if row is not None:
                return Reply(status=200, body=records.action_record(row=row, now=request.now))
        elif resource == "/bucket":
            row = self.carrier.state.one(
                "SELECT * FROM bucket WHERE msisdn || '-' || month || '-' || package = ?"
                " AND msisdn = substr(?, 1, 11)",
                name,
                name,
            )
            if row is not None:
                return Reply(status=200, body=records.bucket_record(row=row, now=request.now))
        raise Refused("not_found")


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
    if not REFERENCE.fullmatch(order.ref) or not is_msisdn(text=order.msisdn):
        raise Refused("invalid_request", detail="No reference or no number.")
    if order.mb == 0 or (is_topup and order.mb < 0):
        raise Refused("invalid_request", detail="The amount moves nothing.")
    named = wire.bucket_id(msisdn=order.msisdn, month=month, package=order.package)
    if wire.member(body, "bucket", "id") != named or wire.member(body, "usageType") != "data":
        raise Refused("invalid_request", detail="Another bucket is named, or none of data.")
    return order
