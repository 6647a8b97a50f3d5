"""What buying for coins and for points have in common: what is asked, the row, the posting."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ledger.rules import COIN, Posting, month_of, move
from wallet.carriers.instructions.operations import instruct_carrier
from wallet.carriers.models import Instruction
from wallet.carriers.rules import normalised
from wallet.catalog.models import Product, Purchase
from wallet.catalog.rules import held_at
from wallet.holders.models import Holder
from wallet.holders.queries import made_before
from wallet.holders.rules import checked_amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """So many of a product for a number, at a price (coins) for all of it, under an id."""

    id: UUID
    product: Product
    count: int
    coins: int
    msisdn: str

    def fields(self) -> dict[str, Any]:
        """Return what a second request under the same key must say again."""
        return {
            "product_id": self.product.pk,
            "count": self.count,
            "coins": self.coins,
            "msisdn": self.msisdn,
        }


def checked_wish(
    *, purchase_id: UUID, product: Product, count: int, coins: int, msisdn: str
) -> Wanted:
    """Return what is asked for, in the one form it is stored in.

    Raises:
        BadAmount, MsisdnUnreadable: nobody could deliver it.
    """
    return Wanted(
        id=purchase_id,
        product=product,
        count=checked_amount(count),
        coins=checked_amount(coins),
        msisdn=normalised(typed=msisdn),
    )


def bought_before(wanted: Wanted) -> Purchase | None:
    """Return the purchase this key made, if it made one.

    Raises:
        KeyReused: it made another.
    """
    return made_before(Purchase.objects.all(), row_id=wanted.id, asked=wanted.fields())


def ordered(*, wanted: Wanted, holder: Holder, product: Product, now: datetime) -> Purchase:
    """Write down what was bought, and what its partner is to do under the same reference."""
    takes_points = product.gives_coins
    instruction = instruct_carrier(
        instruction_id=wanted.id,
        carrier=product.partner_id,
        kind=Instruction.Kind.DEDUCT if takes_points else Instruction.Kind.SUBMIT,
        msisdn=wanted.msisdn,
        mb=wanted.count,
        month=month_of(now),
        package=product.sku if takes_points else "",
        product=product.sku,
        now=now,
    )
    return Purchase.objects.create(
        id=wanted.id,
        holder=holder,
        gives_coins=takes_points,
        instruction=instruction,
        made_at=now,
        **wanted.fields(),
    )


def setting_aside(*, row: Purchase, kind: str, source: str, now: datetime) -> Posting:
    """Return the posting that takes a purchase's coins out of an account, until it is decided."""
    return Posting(
        id=row.pk,
        kind=kind,
        at=now,
        actor=f"holder/{row.holder_id}",
        legs=move(asset=COIN, amount=row.coins, source=source, target=held_at(row.pk)),
        metadata={"purchase": str(row.pk)},
    )
