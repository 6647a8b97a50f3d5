"""A way out for a developer's machine: the words stand on its screen, never in a log."""

import sys
from uuid import UUID

from wallet.gateways.contract import Answer, Letter, Outcome


class Console:
    """A gateway to whoever sits at the terminal."""

    def send(self, *, letter: Letter) -> Answer:
        """Show a letter."""
        subject = f"{letter.subject}\n" if letter.subject else ""
        sys.stdout.write(f"→ {letter.to}\n{subject}{letter.body}\n")
        sys.stdout.flush()
        return Answer(outcome=Outcome.SENT)

    def asked(self, *, reference: UUID) -> Answer:
        """Say that nobody can say: a screen keeps nothing."""
        return Answer(outcome=Outcome.UNKNOWN, reason="cannot_be_asked")


class Nowhere:
    """The demo's gateway: a page shows what would have been sent."""

    def send(self, *, letter: Letter) -> Answer:
        """Take a letter; its row is what the page shows."""
        return Answer(outcome=Outcome.SENT)

    def asked(self, *, reference: UUID) -> Answer:
        """Say that it was taken: nothing is ever lost on no way at all."""
        return Answer(outcome=Outcome.SENT)
