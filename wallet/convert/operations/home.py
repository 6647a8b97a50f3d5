"""Send everybody's coins and data to their own numbers, because the service ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.operations import post_batch
from ledger.queries import holdings_at
from ledger.rules import COIN, Posting, derived_id, month_of, move
from wallet.carriers.adaptors.wire import MB_MAX
from wallet.carriers.models import Carrier, Instruction
from wallet.convert.models import Conversion, DataDelivery, LastDelivery
from wallet.convert.queries import sells, to_send_home
from wallet.convert.rules import deliverable_in, product_of
from wallet.holders.models import Holder, Number
from wallet.holders.queries import main_of

ACTOR = "task/send_home"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """One asset of one holder on its way to a number of its own, or what could go nowhere."""

    holder: Holder
    asset: str
    amount: int
    number: Number | None


def send_everything_home(*, now: datetime, limit: int = 500) -> int:
    """Send coins as data, and data and vouchers as they are, to their holders' own numbers.

    Each asset of each holder is tried once; return how many were. What no number of the holder's
    can take stays in the wallet, and so does what a carrier refuses.
    """
    with transaction.atomic():
        found = to_send_home(now=now, limit=limit)
        held = _locked({holder for holder, _ in found})
        sent = _planned(found, held=held, now=now)
        _write(sent, now=now)
        post_batch([_posting(one, now=now) for one in sent if one.number])
    return len(sent)


def _locked(ids: set[UUID]) -> dict[UUID, Holder]:
    rows = Holder.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return {holder.pk: holder for holder in rows}


def _planned(
    found: Sequence[tuple[UUID, str]], *, held: dict[UUID, Holder], now: datetime
) -> list[_Sent]:
    """Decide under the locks what goes to which number."""
    tried = set(LastDelivery.objects.filter(holder__in=held).values_list("holder_id", "asset"))
    amounts = {
        (holding.address, holding.asset): holding.amount
        for holding in holdings_at(main_of(holder) for holder in held.values())
    }
    numbers: dict[UUID, list[Number]] = {}
    # A number that somebody else may have by now is not sent anything.
    sure = Number.objects.filter(holder__in=held, doubted_at=None)
    for number in sure.order_by("added_at", "id"):
        numbers.setdefault(number.holder_id or number.pk, []).append(number)
    carriers = _Carriers(now=now)
    return [
        _Sent(
            holder=held[holder],
            asset=asset,
            amount=amount,
            number=carriers.number_for(asset, among=numbers.get(holder, [])),
        )
        for holder, asset in found
        if (holder, asset) not in tried
        and (amount := min(amounts.get((main_of(held[holder]), asset), 0), MB_MAX))
    ]


class _Carriers:
    """Which carriers take what, at one instant."""

    def __init__(self, *, now: datetime) -> None:
        codes = Carrier.objects.exclude(base_url="").values_list("pk", flat=True)
        self.reached = frozenset(codes)
        self.selling = frozenset(code for code in codes if sells(code, now=now))

    def number_for(self, asset: str, *, among: Sequence[Number]) -> Number | None:
        """Return the first number that can take an asset."""
        goods = deliverable_in(asset)
        if goods is not None:
            fit = {goods.carrier} & self.reached
        else:
            fit = set(self.selling) if asset == COIN else set()
        return next((number for number in among if number.carrier_id in fit), None)


def _id_of(one: _Sent) -> UUID:
    return derived_id(one.holder.pk, "send_home", one.asset)


def _write(sent: Sequence[_Sent], *, now: datetime) -> None:
    going = [(one, one.number) for one in sent if one.number]
    Instruction.objects.bulk_create(
        _instruction(one, number=number, now=now) for one, number in going
    )
    Conversion.objects.bulk_create(
        Conversion(
            id=_id_of(one),
            holder=one.holder,
            carrier_id=number.carrier_id,
            instruction_id=_id_of(one),
            msisdn=number.msisdn,
            coins=one.amount,
            made_at=now,
        )
        for one, number in going
        if one.asset == COIN
    )
    DataDelivery.objects.bulk_create(
        DataDelivery(
            id=_id_of(one),
            holder=one.holder,
            instruction_id=_id_of(one),
            msisdn=number.msisdn,
            asset=one.asset,
            mb=one.amount,
            made_at=now,
        )
        for one, number in going
        if one.asset != COIN
    )
    LastDelivery.objects.bulk_create(
        LastDelivery(
            holder=one.holder,
            asset=one.asset,
            amount=one.amount,
            conversion_id=_id_of(one) if one.number and one.asset == COIN else None,
            delivery_id=_id_of(one) if one.number and one.asset != COIN else None,
            made_at=now,
        )
        for one in sent
    )


def _instruction(one: _Sent, *, number: Number, now: datetime) -> Instruction:
    goods = deliverable_in(one.asset)
    return Instruction(
        id=_id_of(one),
        carrier_id=number.carrier_id,
        kind=Instruction.Kind.SUBMIT,
        msisdn=number.msisdn,
        mb=one.amount,
        month=goods.month if goods else month_of(now),
        product=product_of(goods) if goods else "",
        next_at=now,
        created_at=now,
    )


def _posting(one: _Sent, *, now: datetime) -> Posting:
    is_coins = one.asset == COIN
    address = f"conversion/{_id_of(one)}" if is_coins else f"delivery/{_id_of(one)}"
    return Posting(
        id=_id_of(one),
        kind="convert" if is_coins else "data_delivery",
        at=now,
        actor=ACTOR,
        legs=move(asset=one.asset, amount=one.amount, source=main_of(one.holder), target=address),
        metadata={"conversion" if is_coins else "delivery": str(_id_of(one))},
    )
