"""What ends the hearing of the live stream, and what does not."""

import asyncio
import json
import uuid

import pytest

from exchange.market.live.hub import _always, _understood


def test_what_was_kept_of_another_shape_is_passed_over() -> None:
    holder, order, book = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    told = {"book": book.hex, "orders": {holder.hex: [[str(order), "open", 1, 0]]}}
    texts = [b"[]", b"{", b'{"book": 1, "orders": {}}', json.dumps(told).encode()]
    entries = [(b"%d-0" % at, {b"text": text}) for at, text in enumerate(texts, 1)]
    assert [message.orders for message in _understood([*entries, (b"5-0", {})])] == [told["orders"]]


def test_who_looks_is_told_whatever_ends_the_hearing() -> None:
    lost: list[int] = []

    async def breaks() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(_always(breaks, lost=lambda: lost.append(1)))
    assert lost == [1]
