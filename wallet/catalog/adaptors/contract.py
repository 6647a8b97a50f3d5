"""The contract of every partner's adaptor: a carrier's, and the offers with their prices.

`submit` delivers a product (`mb` says how many of it) to a number, `deduct` takes a product that
is paid for in the member's points, `restore` gives those points back.
"""

from dataclasses import dataclass
from typing import Protocol

from wallet.carriers.adaptors.contract import Adaptor, Product
from wallet.catalog.rules import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Product):
    """A product with its price in whole coins for one of it.

    With `gives_coins` it is the other way round: the partner takes points, and pays the coins.
    """

    kind: Kind
    name_en: str
    about: str
    about_en: str
    coins: int
    gives_coins: bool


class Shop(Adaptor, Protocol):
    """A partner as the wallet sees it."""

    def offers(self) -> list[Offer]:
        """List what is offered now.

        Raises:
            CarrierUnavailable: the partner could not be asked.
        """
