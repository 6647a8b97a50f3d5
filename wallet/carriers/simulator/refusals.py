"""What a simulated carrier refuses, in TMF654's error form."""

from typing import Final

#: Code: HTTP status and sentence.
REFUSALS: Final = {
    "ported": (422, "The number is another carrier's now."),
    "not_a_subscriber": (404, "The number is no subscriber of ours."),
    "does_not_sell": (403, "We do not sell data to others."),
    "insufficient": (422, "The package has less left than asked."),
    "expired": (422, "The month is past."),
    "no_such_bucket": (404, "The number has no such package."),
    "kind_not_adjustable": (422, "Only a national package can be adjusted."),
    "nothing_to_restore": (422, "More than was ever deducted."),
    "no_such_offering": (404, "We offer no such thing."),
    "out_of_stock": (422, "There is none left."),
    "points_short": (422, "The member has fewer points than asked."),
    "duplicate_request": (409, "The reference is known already."),
    "reference_reused": (409, "The reference names another request."),
    "invalid_request": (400, "The request cannot be read."),
    "clock_not_simulated": (400, "This server keeps the real time."),
    "not_found": (404, "There is no such resource."),
    "method_not_allowed": (405, "The resource cannot be used in this way."),
    "internal_error": (500, "Something went wrong here."),
    "unavailable": (503, "Out of service."),
}


class Refused(Exception):
    """A request is answered with an error; `carrier` is where a ported number went."""

    def __init__(self, code: str, *, detail: str = "", carrier: str | None = None) -> None:
        """Refuse with one of the codes above."""
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.carrier = carrier

    @property
    def status(self) -> int:
        """The HTTP status."""
        return REFUSALS[self.code][0]

    def body(self) -> dict[str, object]:
        """Return the TMF error."""
        error: dict[str, object] = {
            "@type": "Error",
            "code": self.code,
            "reason": REFUSALS[self.code][1],
            "message": self.detail or REFUSALS[self.code][1],
            "status": str(self.status),
        }
        return error if self.carrier is None else error | {"carrier": self.carrier}
