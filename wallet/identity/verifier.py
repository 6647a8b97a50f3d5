"""Who checks real names: one interface, and a simulated one for the demo."""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from ledger.refusals import Refusal


class VerifierUnavailable(Refusal):
    """Nobody can check names at present."""

    code = "verifier_unavailable"
    status = 503


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of a check; `reason` is a word for programs (`no_match`) where it did not pass."""

    passed: bool
    reason: str = ""


class Verifier(Protocol):
    """Whoever knows real names: an authority's or a bank's service."""

    def check(self, *, name: str, number: str, method: str) -> Verdict:
        """Tell whether a name and an identity number belong to one person, by a method.

        Asked again about the same, it answers the same: a lost answer is asked for again.

        Raises:
            VerifierUnavailable: it cannot be asked now.
        """


class NoVerifier:
    """Where no service is configured nobody is known by name."""

    def check(self, *, name: str, number: str, method: str) -> Verdict:
        """Refuse to answer."""
        raise VerifierUnavailable("No service that checks names is configured.")


class SimulatedVerifier:
    """The demo's: everybody is who they say, but for `nomatch`, and `noline` is out of reach."""

    def check(self, *, name: str, number: str, method: str) -> Verdict:
        """Answer by the name."""
        if "noline" in name:
            raise VerifierUnavailable("The service does not answer.")
        return (
            Verdict(passed=False, reason="no_match") if "nomatch" in name else Verdict(passed=True)
        )


def verifier_in_use() -> Verifier:
    """Return the one that the settings name."""
    verifier: Verifier = import_string(settings.IDENTITY_VERIFIER)()
    return verifier
