"""The door: server-sent events of some books, and of one's own orders, for whoever has a ticket."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from urllib.parse import parse_qs

from exchange.market.live.hub import Hub
from exchange.market.live.tickets import Ticket, ticket_in

PATH = "/live/"
HEARTBEAT_SECONDS = 15.0
SPACING_SECONDS = 0.25  # what is told faster is seen together
SEND_SECONDS_MAX = 20.0  # who reads nothing for so long is gone
STREAM_SECONDS_MAX = 3_600.0  # then it begins anew
RETRY_MS = 3_000
HEARTBEAT = b": alive\n\n"
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    # The ticket is the right; no cookie is read, so any page may use one.
    (b"access-control-allow-origin", b"*"),
    (b"x-content-type-options", b"nosniff"),
]

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Watched(Protocol):
    """Something that changes and is watched: a book, or somebody's own orders."""

    version: int
    watchers: set[asyncio.Event]

    @property
    def is_stale(self) -> bool:
        """Say whether what is shown may be old."""

    def leave(self, watcher: asyncio.Event) -> None:
        """Let one go who watched."""

    def stale_frame(self) -> bytes:
        """Return the event that says that it may be old."""

    def frame(self, *, form: str, since: int) -> bytes:
        """Return the event that brings somebody from a version to the one shown."""


class Live:
    """The ASGI application."""

    def __init__(self) -> None:
        self.hub = Hub()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or follow the server's beginning and end."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.hub.start()
            else:
                await self.hub.stop()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope["path"])
        if path == "/healthz":
            await _refuse(send, 200)
            return
        ticket = ticket_in(path.removeprefix(PATH)) if path.startswith(PATH) else None
        if scope["method"] != "GET":
            await _refuse(send, 405)
        elif ticket is None or _is_over(ticket):
            await _refuse(send, 403)
        elif not self.hub.has_room_for(ticket.holder_id):
            await _refuse(send, 503)
        else:
            await self._serve(ticket, _seen(scope), receive, send)

    async def _serve(self, ticket: Ticket, seen: list[int], receive: Receive, send: Send) -> None:
        """Send until the viewer leaves, or has looked for long."""
        self.hub.viewers[ticket.holder_id] += 1
        gone = asyncio.create_task(_left(receive))
        sending = asyncio.create_task(self._watch(ticket, seen, send))
        try:
            await asyncio.wait(
                {gone, sending}, timeout=_seconds_of(ticket), return_when=asyncio.FIRST_COMPLETED
            )
            is_over = not gone.done() and not sending.done()
            await _ended(sending)
            if is_over:
                await send({"type": "http.response.body", "body": b""})
        finally:
            await _ended(gone)
            self.hub.leave(ticket.holder_id)

    async def _watch(self, ticket: Ticket, seen: list[int], send: Send) -> None:
        rooms: list[Watched] = [await self.hub.enter(book) for book in ticket.books]
        if ticket.own_until:
            rooms.append(self.hub.own.enter(ticket.holder_id))
        if len(seen) != len(rooms):
            seen = [0] * len(rooms)
        woken = asyncio.Event()
        for room in rooms:
            room.watchers.add(woken)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await _write(send, f"retry: {RETRY_MS}\n\n".encode())
            await _stream(rooms, seen, woken, form=ticket.form, send=send)
        finally:
            for room in rooms:
                room.leave(woken)


async def _stream(
    rooms: list[Watched], seen: list[int], woken: asyncio.Event, *, form: str, send: Send
) -> None:
    """Send what changes as it changes, and a sign of life where nothing does."""
    # Whoever comes is told first of all whether what it has seen is live.
    was_stale: list[bool | None] = [None] * len(rooms)
    while True:
        woken.clear()
        news = b""
        for place, room in enumerate(rooms):
            if room.is_stale:
                news += b"" if was_stale[place] else room.stale_frame()
            elif room.version != seen[place] or was_stale[place] is not False:
                frame = room.frame(form=form, since=seen[place])
                seen[place] = room.version
                news += b"id: %b\n%b" % (".".join(map(str, seen)).encode(), frame)
            was_stale[place] = room.is_stale
        if news:
            await _write(send, news)
            await asyncio.sleep(SPACING_SECONDS)
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await woken.wait()
        except TimeoutError:
            await _write(send, HEARTBEAT)


async def _write(send: Send, body: bytes) -> None:
    """Send bytes.

    Raises:
        TimeoutError: the viewer takes none.
    """
    async with asyncio.timeout(SEND_SECONDS_MAX):
        await send({"type": "http.response.body", "body": body, "more_body": True})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _ended(task: asyncio.Task[None]) -> None:
    """End a task; that its viewer reads no more is no fault of ours."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, TimeoutError, OSError):
        await task


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"access-control-allow-origin", b"*")]
    if status == 503:
        headers.append((b"retry-after", b"30"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _is_over(ticket: Ticket) -> bool:
    return 0 < ticket.own_until <= time.time()


def _seconds_of(ticket: Ticket) -> float:
    """Return how long a stream may last: what is one's own is not told past its time."""
    left = ticket.own_until - time.time() if ticket.own_until else STREAM_SECONDS_MAX
    return min(STREAM_SECONDS_MAX, max(0.0, left))


def _seen(scope: Scope) -> list[int]:
    """Return the versions that a viewer who comes back has seen; none if it does not say.

    A browser says so by a header where it comes back by itself, a page with a new ticket cannot.
    """
    told = [value for name, value in scope["headers"] if name == b"last-event-id"]
    told += parse_qs(scope["query_string"]).get(b"last-event-id", [])
    for value in told:
        numbers = value.split(b".")
        if all(each.isdigit() and len(each) < 19 for each in numbers):
            return [int(each) for each in numbers]
    return []
