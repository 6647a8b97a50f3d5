"""A room for each book that somebody watches: its last picture, and frames that many share."""

import asyncio
import json
from dataclasses import dataclass, field

from exchange.market.live.tickets import JSON_FORM
from exchange.market.pages.parts import parts_of
from exchange.market.rules import snapshot_in


@dataclass(slots=True)
class _Parts:
    """A page's parts in one form, and the version at which each last changed."""

    version: int = 0
    html: dict[str, str] = field(default_factory=dict)
    changed_at: dict[str, int] = field(default_factory=dict)


class Room:
    """A book's picture, and everybody who waits for the next."""

    def __init__(self, *, book: str) -> None:
        self.book = book
        self.version = 0
        self.is_stale = True
        self.told_at = 0.0
        self.watchers: set[asyncio.Event] = set()
        self._text = ""
        self._parts: dict[str, _Parts] = {}
        self._frames: dict[tuple[str, int], bytes] = {}

    def take(self, *, version: int, text: str, at: float) -> None:
        """Show a picture, unless a later one is shown; `at` is the loop's time.

        Once nothing is live, any is better: a restored database begins with lower versions.
        """
        if not self.is_stale and version < self.version:
            return
        self.told_at = at
        if version != self.version:
            self.version, self._text = version, text
            self._frames.clear()
        elif not self.is_stale:
            return
        self.is_stale = False
        self._wake()

    def turn_stale(self) -> None:
        """Say that what is shown may be old: nothing has been told for too long."""
        if not self.is_stale:
            self.is_stale = True
            self._wake()

    def leave(self, watcher: asyncio.Event) -> None:
        """Let one go who watched; the picture stays for those who come."""
        self.watchers.discard(watcher)

    def stale_frame(self) -> bytes:
        """Return the event that says so."""
        return _frame("stale", json.dumps({"book": self.book}))

    def frame(self, *, form: str, since: int) -> bytes:
        """Return the event that brings somebody from a version to the one shown."""
        # Whoever saw a version of another database sees everything again.
        since = since if since <= self.version else 0
        found = self._frames.get((form, since))
        if found is None:
            if form == JSON_FORM:
                found = _frame("picture", self._text)
            else:
                found = _frame("parts", self._changes(form, since=since))
            self._frames[form, since] = found
        return found

    def _changes(self, form: str, *, since: int) -> str:
        parts = self._drawn(form)
        changed = {name: parts.html[name] for name, at in parts.changed_at.items() if at > since}
        return json.dumps({"book": self.book, "parts": changed}, separators=(",", ":"))

    def _drawn(self, form: str) -> _Parts:
        """Return a page's parts as they are now, drawn once for everybody."""
        parts = self._parts.setdefault(form, _Parts())
        if parts.version != self.version:
            drawn = parts_of(snapshot_in(json.loads(self._text)), form=form)
            for name, html in drawn.items():
                if parts.html.get(name) != html:
                    parts.changed_at[name] = self.version
            parts.html, parts.version = drawn, self.version
        return parts

    def _wake(self) -> None:
        for watcher in self.watchers:
            watcher.set()


def _frame(name: str, data: str) -> bytes:
    return f"event: {name}\ndata: {data}\n\n".encode()
