"""Which adaptor speaks to a carrier: by the carrier's row."""

import atexit
import os
from collections.abc import Callable

from wallet.carriers.adaptors.contract import Adaptor
from wallet.carriers.adaptors.tmf654 import Tmf654Adaptor
from wallet.carriers.models import Carrier

Way = Callable[[Carrier], Adaptor]

_SPEAKING: dict[tuple[int, str, str, str], Adaptor] = {}


def adaptor_for(*, carrier: Carrier) -> Adaptor | None:
    """Return the adaptor this process keeps for a carrier; None where no server is set.

    Raises:
        KeyError: the row names a way of speaking that does not exist.
    """
    if not carrier.base_url:
        return None
    # Connections must not be shared across a fork: each process has its own.
    key = (os.getpid(), carrier.code, carrier.adaptor, carrier.base_url)
    if key not in _SPEAKING:
        _SPEAKING[key] = _WAYS[carrier.adaptor](carrier)
    return _SPEAKING[key]


def register_way(name: str, way: Way) -> None:
    """Add a way of speaking: partners' ways are known by the folder above."""
    _WAYS[name] = way


def _tmf654(carrier: Carrier) -> Adaptor:
    adaptor = Tmf654Adaptor(carrier=carrier.code, base_url=carrier.base_url)
    atexit.register(adaptor.close)
    return adaptor


_WAYS: dict[str, Way] = {"tmf654": _tmf654}
