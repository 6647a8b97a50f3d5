"""All that is looked for, fed from one log."""

from collections.abc import Iterable, Iterator, Mapping

from .facts import Fact, Finding, Subject
from .layering import Layering
from .ramps import Ramps
from .seen import Seen
from .terms import Terms
from .washing import Arranged, Links, Washing


class Watcher:
    """Take a book's facts in their order and yield what is worth a look, each thing once.

    It may be made anew at any event: told up to which the log was looked at and what was raised,
    and fed again with what the lookback holds before it, it finds the same as one never stopped.
    """

    def __init__(
        self,
        *,
        terms: Terms,
        links: Links = frozenset(),
        after: int = -1,
        raised: Mapping[Subject, int] | None = None,
    ) -> None:
        """Begin at any place in the log; `links` are the pairs who know each other."""
        seen = Seen(after=after, raised=raised or {})
        self._ways = (
            Washing(terms=terms, links=links, seen=seen),
            Arranged(terms=terms, links=links, seen=seen),
            Layering(terms=terms, seen=seen),
            Ramps(terms=terms, seen=seen),
        )

    def watch(self, facts: Iterable[Fact]) -> Iterator[Finding]:
        """Take the next facts, and yield what they complete."""
        for fact in facts:
            for way in self._ways:
                yield from way.take(fact)
