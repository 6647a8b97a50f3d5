"""Answer TMF620 and TMF622 requests as a partner does."""

import sqlite3
from datetime import datetime
from typing import ClassVar

from wallet.carriers.adaptors.wire import (
    CORRELATION_HEADER,
    TOTAL_HEADER,
    Unreadable,
    read_instant,
    read_json,
    text_at,
    written,
)
from wallet.carriers.rules import is_msisdn
from wallet.carriers.simulator.carrier import Order
from wallet.carriers.simulator.counter import REFERENCE, Counter, Reply, Request
from wallet.carriers.simulator.refusals import REFUSALS, Refused
from wallet.catalog.adaptors import wire
from wallet.catalog.simulator.goods import SHELF


class ShopDesk(Counter):
    """A partner's desk: offerings, orders and statements."""

    base_path: ClassVar = wire.BASE_PATH
    order_paths: ClassVar = (wire.ORDER_PATH,)

    def order_in(self, *, request: Request) -> Order:
        """Read an order of one item."""
        body = read_json(data=request.body)
        offering, count, does = wire.item_in(body)
        order = Order(
            ref=text_at(body, "externalId"),
            type=does,
            msisdn=text_at(body, "relatedParty", 0, "id"),
            month="",
            package=offering,  # what statements list
            product=offering,
            mb=count,
        )
        if not REFERENCE.fullmatch(order.ref) or not is_msisdn(text=order.msisdn):
            raise Unreadable("No reference or no number.")
        return order

    def record_of(self, *, row: sqlite3.Row, now: datetime) -> dict[str, object]:
        """Write what became of an order, as of now."""
        record = _order(row, offering=row["product"]) | {"orderDate": row["requested_at"]}
        if row["refusal"]:
            return record | {
                "state": "failed",
                "orderTerminationReason": row["refusal"],
                "description": REFUSALS[row["refusal"]][1],
            }
        if row["booked_at"] <= written(instant=now):
            return record | {"state": "completed", "completionDate": row["booked_at"]}
        return record | {"state": "inProgress"}

    def look_up(self, *, request: Request) -> Reply:
        """Answer what is asked of the shelf, a reference or a day."""
        if request.path == wire.OFFERING_PATH:
            shelf = [goods.record() for goods in SHELF.values()]
            return Reply(status=200, body=shelf, headers={TOTAL_HEADER: str(len(shelf))})
        if request.path != wire.ORDER_PATH:
            raise Refused("not_found")
        if ref := request.query.get("externalId"):
            rows = self.carrier.actions(ref=ref)
            found = [self.record_of(row=row, now=request.now) for row in rows]
            return Reply(status=200, body=found, headers={CORRELATION_HEADER: ref})
        return self._statement(request=request)

    def _statement(self, *, request: Request) -> Reply:
        if request.query.get("state", "completed") != "completed":
            raise Refused("invalid_request", detail="Only what is completed is listed by date.")
        page = self.lines_page(
            request=request,
            start=read_instant(text=request.query.get("completionDate.gte", "")),
            end=read_instant(text=request.query.get("completionDate.lt", "")),
        )
        return page.reply(
            body=[
                _order(row, offering=row["package"])
                | {"state": "completed", "completionDate": row["booked_at"]}
                for row in page.lines
            ]
        )


def _order(row: sqlite3.Row, *, offering: str) -> dict[str, object]:
    return {
        "@type": "ProductOrder",
        "id": row["id"],
        "href": f"{wire.BASE_PATH}{wire.ORDER_PATH}/{row['id']}",
        "externalId": row["ref"],
        "relatedParty": wire.customer(msisdn=row["msisdn"]),
        "productOrderItem": [wire.item(offering=offering, count=row["mb"], does=row["type"])],
    }
