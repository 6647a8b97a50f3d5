"""A partner that speaks TMF620 (what is offered) and TMF622 v4 (product ordering) over HTTP."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from wallet.carriers.adaptors.channel import CallLimits, Channel, NotAnswered, NotSent, Reply
from wallet.carriers.adaptors.contract import (
    NOT_ANSWERED,
    NOT_SENT,
    PRODUCT_NOT_SOLD,
    Answer,
    CarrierUnavailable,
    Outcome,
    Product,
    Remainder,
    Statement,
)
from wallet.carriers.adaptors.paging import paged_statement
from wallet.carriers.adaptors.reading import answer_to_order, answer_to_question, records_in
from wallet.carriers.adaptors.wire import Unreadable, start_of
from wallet.carriers.rules import Detected, detected_by_prefix
from wallet.catalog.adaptors import wire
from wallet.catalog.adaptors.contract import Offer
from wallet.catalog.adaptors.reading import answer_in, line_in, offer_in

STATEMENT_PAGE_LINES: Final = 500
OFFERS_MAX: Final = 500


class Tmf622Adaptor:
    """Speak to one partner; keep it for a process's life, close it at the end."""

    def __init__(
        self,
        *,
        carrier: str,
        base_url: str,
        limits: CallLimits | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """Prepare to speak; `base_url` is the server's root, without the TMF paths."""
        self._carrier = carrier
        self._channel = Channel(
            base_url=base_url.rstrip("/") + wire.BASE_PATH,
            limits=limits or CallLimits(),
            clock=clock,
        )

    @property
    def carrier(self) -> str:
        """The partner's code."""
        return self._carrier

    def close(self) -> None:
        """Close the connections."""
        self._channel.close()

    def offers(self) -> list[Offer]:
        """List what is offered now.

        Raises:
            CarrierUnavailable: the partner could not be asked, or one of its offers not be read.
        """
        reply = self._ask(path=wire.OFFERING_PATH, query={"limit": str(OFFERS_MAX)})
        try:
            found = [offer_in(record) for record in records_in(reply=reply)]
        except Unreadable as error:
            raise CarrierUnavailable(f"{self._carrier}'s offers cannot be read.") from error
        return [offer for offer in found if offer is not None]

    def products(self) -> list[Product]:
        """List what can be submitted.

        Raises:
            CarrierUnavailable: the partner could not be asked.
        """
        return [offer for offer in self.offers() if not offer.gives_coins]

    def detect(self, *, msisdn: str) -> Detected:
        """Tell a number's carrier by its prefix: a partner knows no better."""
        return detected_by_prefix(msisdn=msisdn)

    def remainder(self, *, msisdn: str, month: date) -> list[Remainder]:
        """List nothing: a partner keeps no packages."""
        return []

    def submit(
        self, *, ref: str, msisdn: str, mb: int, month: date, product: str | None = None
    ) -> Answer:
        """Deliver so many of a product to a number; nothing a partner sells has a month."""
        if not product:
            return Answer(ref=ref, outcome=Outcome.FAILED, reason=PRODUCT_NOT_SOLD)
        return self._order(ref=ref, msisdn=msisdn, offering=product, count=mb, does=wire.DELIVERY)

    def deduct(self, *, ref: str, msisdn: str, package: str, month: date, mb: int) -> Answer:
        """Take the points that so many of an offering (`package`) cost from a member."""
        return self._order(ref=ref, msisdn=msisdn, offering=package, count=mb, does=wire.COLLECTION)

    def restore(self, *, ref: str, msisdn: str, package: str, month: date, mb: int) -> Answer:
        """Give the points back that an earlier deduct took."""
        return self._order(ref=ref, msisdn=msisdn, offering=package, count=mb, does=wire.RETURN)

    def status(self, *, ref: str) -> Answer:
        """Ask what became of a reference; an unheard-of one is unknown, not failed."""
        try:
            reply = self._channel.get(path=wire.ORDER_PATH, query={"externalId": ref}, ref=ref)
        except (NotSent, NotAnswered):
            # Never NOT_SENT: that word is kept for calls which would have moved something.
            return Answer(ref=ref, outcome=Outcome.UNKNOWN, reason=NOT_ANSWERED)
        return answer_to_question(
            ref=ref, reply=reply, read=lambda record: answer_in(ref=ref, record=record)
        )

    def statement(self, *, day: date) -> Statement:
        """Ask for everything the partner booked on a day, in Asia/Shanghai.

        Raises:
            CarrierUnavailable: the partner could not be asked; also while lines are read.
        """
        return paged_statement(
            carrier=self._carrier,
            day=day,
            page_at=lambda offset: self._statement_page(day=day, offset=offset),
            line_in=line_in,
        )

    def _statement_page(self, *, day: date, offset: int) -> Reply:
        start = start_of(day=day)
        return self._ask(
            path=wire.ORDER_PATH,
            query={
                "state": "completed",
                "completionDate.gte": start.isoformat(),
                "completionDate.lt": (start + timedelta(days=1)).isoformat(),
                "offset": str(offset),
                "limit": str(STATEMENT_PAGE_LINES),
            },
        )

    def _ask(self, *, path: str, query: Mapping[str, str]) -> Reply:
        try:
            reply = self._channel.get(path=path, query=query)
        except (NotSent, NotAnswered) as error:
            raise CarrierUnavailable(f"{self._carrier} does not answer.") from error
        if reply.status not in {200, 206}:
            raise CarrierUnavailable(f"{self._carrier} answered {reply.status}.")
        return reply

    def _order(self, *, ref: str, msisdn: str, offering: str, count: int, does: str) -> Answer:
        body = {
            "@type": "ProductOrder",
            "externalId": ref,
            "channel": [{"id": "flow-coin"}],
            "relatedParty": wire.customer(msisdn=msisdn),
            "productOrderItem": [wire.item(offering=offering, count=count, does=does)],
        }

        def accepted(record: object) -> Answer:
            if wire.item_in(record) != (offering, count, does):
                raise Unreadable("Another item was answered.")
            return answer_in(ref=ref, record=record)

        try:
            reply = self._channel.post(path=wire.ORDER_PATH, body=body, ref=ref)
        except NotSent:
            return Answer(ref=ref, outcome=Outcome.UNKNOWN, reason=NOT_SENT)
        except NotAnswered:
            return Answer(ref=ref, outcome=Outcome.UNKNOWN, reason=NOT_ANSWERED)
        return answer_to_order(ref=ref, reply=reply, read=accepted)
