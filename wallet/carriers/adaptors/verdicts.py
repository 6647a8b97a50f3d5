"""Run every rule on a carrier, and say of each whether it is kept."""

from collections.abc import Iterator
from dataclasses import dataclass

from wallet.carriers.adaptors.contract import CarrierUnavailable
from wallet.carriers.adaptors.trial import Broken, Trial
from wallet.carriers.adaptors.trial_rules import RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One rule of the contract: its name, what it asks, and what broke it, if anything."""

    rule: str
    title: str
    broken: str

    @property
    def passed(self) -> bool:
        """Say whether the carrier keeps the rule."""
        return not self.broken


def verdicts(trial: Trial) -> Iterator[Verdict]:
    """Try each rule in turn; a broken one stops none of those after it."""
    for rule in RULES:
        broken = ""
        try:
            rule(trial)
        except (Broken, CarrierUnavailable) as error:
            broken = str(error)
        title = (rule.__doc__ or "").strip().splitlines()[0]
        yield Verdict(rule=rule.__name__, title=title, broken=broken)
