"""Which adaptor speaks to a carrier: by the carrier's row."""

import atexit
import os
from collections.abc import Callable

from wallet.carriers.adaptors.channel import CallLimits
from wallet.carriers.adaptors.contract import Adaptor
from wallet.carriers.adaptors.tmf654 import Tmf654Adaptor
from wallet.carriers.models import Carrier

Way = Callable[[Carrier], Adaptor]

CONNECT_SECONDS_MAX = 2.0
WHOLE_SECONDS_MAX = 10.0
_SPEAKING: dict[tuple[object, ...], Adaptor] = {}


def adaptor_for(*, carrier: Carrier) -> Adaptor | None:
    """Return the adaptor this process keeps for a carrier; None where no server is set.

    Raises:
        KeyError: the row names a way of speaking that does not exist.
    """
    if not carrier.base_url:
        return None
    # Connections must not be shared across a fork: each process has its own.
    spoken = (carrier.adaptor, carrier.base_url, carrier.calls_at_once, carrier.answer_ms_max)
    key = (os.getpid(), carrier.code, *spoken)
    if key not in _SPEAKING:
        _SPEAKING[key] = _WAYS[carrier.adaptor](carrier)
    return _SPEAKING[key]


def register_way(name: str, way: Way) -> None:
    """Add a way of speaking: partners' ways are known by the folder above."""
    _WAYS[name] = way


def _tmf654(carrier: Carrier) -> Adaptor:
    answer_seconds = carrier.answer_ms_max / 1000
    limits = CallLimits(
        connect_seconds=min(CONNECT_SECONDS_MAX, answer_seconds),
        read_seconds=answer_seconds,
        whole_seconds=min(2 * answer_seconds, WHOLE_SECONDS_MAX),
        # One more than instructions take: a statement is read beside them.
        connections=carrier.calls_at_once + 1,
    )
    adaptor = Tmf654Adaptor(carrier=carrier.code, base_url=carrier.base_url, limits=limits)
    atexit.register(adaptor.close)
    return adaptor


_WAYS: dict[str, Way] = {"tmf654": _tmf654}
