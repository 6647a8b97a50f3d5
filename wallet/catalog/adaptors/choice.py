"""The way of speaking that partners' rows name."""

import atexit

from wallet.carriers.models import Carrier
from wallet.catalog.adaptors.contract import Shop
from wallet.catalog.adaptors.tmf622 import Tmf622Adaptor


def speak_tmf622(party: Carrier) -> Shop:
    """Return an adaptor for a partner's server, for this process's life."""
    adaptor = Tmf622Adaptor(carrier=party.code, base_url=party.base_url)
    atexit.register(adaptor.close)
    return adaptor
