"""A carrier that speaks TMF654 v4, Prepay Balance Management, over HTTP."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from wallet.carriers.adaptors import wire
from wallet.carriers.adaptors.channel import (
    CallLimits,
    Channel,
    NotAnswered,
    NotSent,
    Reply,
)
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
from wallet.carriers.adaptors.reading import (
    answer_to_post,
    answer_to_status,
    records_in,
    remainder_in,
    stated_carrier,
    statement_line_in,
)
from wallet.carriers.rules import Detected, Quality, detected_by_prefix

ANY_AMOUNT: Final = Product(id="data", name="Undirected data, any whole MB", size_mb=None)
STATEMENT_PAGE_LINES: Final = 500
BUCKETS_MAX: Final = 500


class Tmf654Adaptor:
    """Speak to one carrier; keep it for a process's life, close it at the end."""

    def __init__(
        self,
        *,
        carrier: str,
        base_url: str,
        party_account: str = "flow-coin",
        products: tuple[Product, ...] = (ANY_AMOUNT,),
        token: str | None = None,
        limits: CallLimits | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """Prepare to speak; `base_url` is the server's root, without the TMF path."""
        self._carrier = carrier
        self._party_account = party_account
        self._products = products
        self._channel = Channel(
            base_url=base_url.rstrip("/") + wire.BASE_PATH,
            limits=limits or CallLimits(),
            token=token,
            clock=clock,
        )

    @property
    def carrier(self) -> str:
        """The carrier's code, such as CT."""
        return self._carrier

    def close(self) -> None:
        """Close the connections."""
        self._channel.close()

    def detect(self, *, msisdn: str) -> Detected:
        """Ask who serves the number now; fall back on its prefix."""
        try:
            reply = self._channel.get(path="/bucket", query=_buckets_of(msisdn=msisdn))
            if reply.status != 200:
                return _detected_by_refusal(msisdn=msisdn, reply=reply)
            buckets = records_in(reply=reply)
            provinces = [remainder_in(record=bucket).province for bucket in buckets]
        except (NotSent, NotAnswered, wire.Unreadable):
            return detected_by_prefix(msisdn=msisdn)
        if not buckets:
            return detected_by_prefix(msisdn=msisdn)
        return Detected(carrier=self._carrier, province=provinces[0], quality=Quality.CARRIER)

    def products(self) -> list[Product]:
        """List what can be submitted; TMF654 has no catalogue, so this is configuration."""
        return list(self._products)

    def deduct(self, *, ref: str, msisdn: str, package: str, month: date, mb: int) -> Answer:
        """Take MB out of a package: v4 has no deduct, so it is a negative adjustment."""
        return self._adjust(ref=ref, msisdn=msisdn, package=package, month=month, mb=mb, sign=-1)

    def restore(self, *, ref: str, msisdn: str, package: str, month: date, mb: int) -> Answer:
        """Give MB that a deduct took back to the package it came from."""
        return self._adjust(ref=ref, msisdn=msisdn, package=package, month=month, mb=mb, sign=1)

    def submit(
        self, *, ref: str, msisdn: str, mb: int, month: date, product: str | None = None
    ) -> Answer:
        """Deliver MB of undirected data, valid in that month, to a number."""
        sold = self._product(mb=mb, product=product)
        if sold is None:
            return Answer(ref=ref, outcome=Outcome.FAILED, reason=PRODUCT_NOT_SOLD)
        body = _action(ref=ref, msisdn=msisdn, package=wire.TOPUP_PACKAGE, month=month, mb=mb) | {
            "@type": "TopupBalance",
            "product": [{"id": sold.id}],
            "partyAccount": {"id": self._party_account},
        }
        return self._post(path="/topupBalance", ref=ref, body=body, signed_mb=mb)

    def status(self, *, ref: str) -> Answer:
        """Ask what became of a reference; an unheard-of one is unknown, not failed."""
        try:
            reply = self._channel.get(
                path="/balanceActionHistory", query={"requestor.id": ref}, ref=ref
            )
        except (NotSent, NotAnswered):
            # Never NOT_SENT: that word is kept for calls which would have moved something.
            return Answer(ref=ref, outcome=Outcome.UNKNOWN, reason=NOT_ANSWERED)
        return answer_to_status(ref=ref, reply=reply)

    def remainder(self, *, msisdn: str, month: date) -> list[Remainder]:
        """List what is left of each of the number's packages of a month.

        Raises:
            CarrierUnavailable: the carrier could not be asked.
        """
        reply = self._ask(path="/bucket", query=_buckets_of(msisdn=msisdn))
        try:
            every = [remainder_in(record=record) for record in records_in(reply=reply)]
        except wire.Unreadable as error:
            raise CarrierUnavailable(f"{self._carrier}'s answer cannot be read.") from error
        return [remainder for remainder in every if remainder.month == month]

    def statement(self, *, day: date) -> Statement:
        """Ask for everything the carrier booked on a day, in Asia/Shanghai.

        Raises:
            CarrierUnavailable: the carrier could not be asked; also while lines are read.
        """
        return paged_statement(
            carrier=self._carrier,
            day=day,
            page_at=lambda offset: self._statement_page(day=day, offset=offset),
            line_in=lambda record: statement_line_in(record=record),
        )

    def _statement_page(self, *, day: date, offset: int) -> Reply:
        start = wire.start_of(day=day)
        return self._ask(
            path="/balanceActionHistory",
            query={
                "status": "completed",
                "confirmationDate.gte": start.isoformat(),
                "confirmationDate.lt": (start + timedelta(days=1)).isoformat(),
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

    def _adjust(
        self, *, ref: str, msisdn: str, package: str, month: date, mb: int, sign: int
    ) -> Answer:
        body = _action(ref=ref, msisdn=msisdn, package=package, month=month, mb=mb, sign=sign) | {
            "@type": "AdjustBalance",
            "adjustType": "oneTime",
            "product": [{"id": package}],
        }
        return self._post(path="/adjustBalance", ref=ref, body=body, signed_mb=sign * mb)

    def _post(self, *, path: str, ref: str, body: Mapping[str, object], signed_mb: int) -> Answer:
        try:
            reply = self._channel.post(path=path, body=body, ref=ref)
        except NotSent:
            return Answer(ref=ref, outcome=Outcome.UNKNOWN, reason=NOT_SENT)
        except NotAnswered:
            return Answer(ref=ref, outcome=Outcome.UNKNOWN, reason=NOT_ANSWERED)
        return answer_to_post(ref=ref, reply=reply, signed_mb=signed_mb)

    def _product(self, *, mb: int, product: str | None) -> Product | None:
        for sold in self._products:
            if product in {None, sold.id} and sold.size_mb in {None, mb}:
                return sold
        return None


def _buckets_of(*, msisdn: str) -> dict[str, str]:
    return {"logicalResource.id": msisdn, "usageType": "data", "limit": str(BUCKETS_MAX)}


def _detected_by_refusal(*, msisdn: str, reply: Reply) -> Detected:
    carrier = stated_carrier(reply=reply)
    if carrier is None:
        return detected_by_prefix(msisdn=msisdn)
    return Detected(carrier=carrier, province=None, quality=Quality.CARRIER)


def _action(
    *, ref: str, msisdn: str, package: str, month: date, mb: int, sign: int = 1
) -> dict[str, object]:
    """Write what a top-up and an adjustment have in common.

    Raises:
        ValueError: an amount or a month no carrier could be asked for: the caller's mistake.
    """
    # Checked before the sign is set: a deduct of less than nothing would be a gift.
    if not 0 < mb <= wire.MB_MAX or month.day != 1:
        raise ValueError(f"{mb} MB in {month} cannot be asked of a carrier.")
    return {
        "amount": wire.quantity(mb=sign * mb),
        "bucket": {"id": wire.bucket_id(msisdn=msisdn, month=month, package=package)},
        "channel": {"id": "flow-coin"},
        "logicalResource": [{"id": msisdn, "@referredType": "MSISDN"}],
        # v4 has no field for a client's reference; a requestor's id can be filtered by.
        "requestor": {"id": ref, "role": "reference", "@referredType": "ClientReference"},
        "usageType": "data",
        "validFor": wire.period_of(month=month),
    }
