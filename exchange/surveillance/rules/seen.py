"""What was looked at, and what was raised, before."""

from collections.abc import Mapping

from .facts import Subject


class Seen:
    """Up to which event the log was looked at, and up to which one a subject's evidence is used."""

    def __init__(self, *, after: int, raised: Mapping[Subject, int]) -> None:
        """Begin after an event's number, with what was raised until then."""
        self._after, self._raised = after, dict(raised)

    def is_new(self, number: int) -> bool:
        """Say whether an event may complete a finding: it was not looked at before."""
        return number > self._after

    def is_used(self, kind: str, subject: str, *, number: int) -> bool:
        """Say whether what happened then is evidence of a finding that was raised."""
        return number <= self._raised.get((kind, subject), -1)

    def use(self, kind: str, subject: str, *, number: int) -> None:
        """Note that a finding was raised: what led to it counts for no other of its kind."""
        self._raised[kind, subject] = number

    def subjects(self, kind: str) -> list[tuple[str, int]]:
        """Return what was raised of a kind, and up to which event."""
        return [(subject, number) for (one, subject), number in self._raised.items() if one == kind]
