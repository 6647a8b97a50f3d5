"""Watch a book's log as it comes: pure, streaming, the same alerts wherever it is cut."""

from .facts import Fact, Finding, Placed, Replaced, Side, Subject, Traded, Withdrawn, subject_of
from .terms import POLICIES, Terms
from .watcher import Watcher

__all__ = [
    "POLICIES",
    "Fact",
    "Finding",
    "Placed",
    "Replaced",
    "Side",
    "Subject",
    "Terms",
    "Traded",
    "Watcher",
    "Withdrawn",
    "subject_of",
]
