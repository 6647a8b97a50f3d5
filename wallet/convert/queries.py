"""Reads of conversions and deliveries: a holder's own, what is set aside, what an address means."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from ledger.registry import Cause
from ledger.rules import COIN, month_of
from wallet.carriers.models import Carrier
from wallet.carriers.queries import Word, carrier_by_prefix, last_word_on
from wallet.carriers.rules import Quality, masked
from wallet.convert.models import CarrierWait, Conversion, DataDelivery
from wallet.holders.models import Holder, Number, NumberEvent
from wallet.holders.rules import UnknownId, opaque_id
from wallet.holders.set_aside import SetAside
from wallet.policy.queries import policy_bool

_TO_SEND_HOME = (Path(__file__).parent / "sql" / "to_send_home_v1.sql").read_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """Which carrier a number is with, as far as we know, and how we know it; empty if we do not."""

    carrier: str
    quality: str


def carrier_of(*, msisdn: str, chosen: str = "") -> Guess:
    """Return whose a number is, looked up anew for each order.

    As its user says now; else what was learned last, by a carrier or with the number we hold;
    else by its prefix.
    """
    if chosen:
        return Guess(carrier=chosen, quality=Quality.USER)
    known = Number.objects.filter(msisdn=msisdn)
    held = known.order_by(F("released_at").desc(nulls_first=True)).first()
    word = last_word_on(msisdn)
    if held is not None and (word is None or _is_later(held, word=word)):
        return Guess(carrier=held.carrier_id, quality=held.quality)
    if word is not None:
        return Guess(carrier=word.carrier, quality=Quality.CARRIER)
    return Guess(carrier=carrier_by_prefix(msisdn), quality=Quality.PREFIX)


def _is_later(held: Number, *, word: Word) -> bool:
    """Say whether we learned of a number's carrier after a carrier spoke of it."""
    if held.quality == Number.Quality.PREFIX:
        return False
    ported = held.events.filter(kind=NumberEvent.Kind.PORTED).order_by("-id").first()
    return (ported.at if ported else held.added_at) > word.said_at


def sells(carrier: str, *, now: datetime) -> bool:
    """Say whether a carrier delivers for coins at present: it is asked to, and can be reached.

    Without a server of the carrier's, coins would wait for an answer that nobody gives.
    """
    is_reachable = Carrier.objects.filter(pk=carrier).exclude(base_url="").exists()
    return is_reachable and policy_bool("carrier.sells", now=now, scope=carrier)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A carrier as a holder sees it: whether it delivers for coins, and whether it is waited for."""

    carrier: Carrier
    sells: bool
    waits: bool


def known_carrier(code: str) -> Carrier:
    """Return a carrier.

    Raises:
        UnknownId: there is none of this code.
    """
    # A longer text, or one with a null in it, is no code and nothing to ask a database for.
    found = Carrier.objects.filter(pk=code).first() if re.fullmatch("[A-Z0-9]{2,4}", code) else None
    if found is None:
        raise UnknownId("There is no such carrier.")
    return found


def carriers_for(holder: Holder, *, now: datetime) -> list[Standing]:
    """Return every carrier, and how it stands to a holder's coins."""
    waited = set(
        CarrierWait.objects.filter(holder=holder, told_at=None).values_list("carrier", flat=True)
    )
    return [
        Standing(carrier=row, sells=sells(row.pk, now=now), waits=row.pk in waited)
        for row in Carrier.objects.order_by("is_virtual", "code")
    ]


def shut_carriers_of(holder: Holder, *, now: datetime) -> list[Standing]:
    """Return those that deliver nothing now, of the holder's numbers or waited for by it."""
    own = set(Number.objects.filter(holder=holder).values_list("carrier", flat=True))
    found = carriers_for(holder, now=now)
    return [one for one in found if not one.sells and (one.waits or one.carrier.pk in own)]


def conversions_of(holder: Holder) -> QuerySet[Conversion]:
    """Return a holder's conversions, the newest first."""
    rows = Conversion.objects.filter(holder=holder).select_related("carrier", "instruction")
    return rows.order_by("-made_at", "-id")


def conversion_of(*, holder: Holder, conversion_id: UUID) -> Conversion:
    """Return one of a holder's conversions.

    Raises:
        UnknownId: the holder has no such conversion.
    """
    found = conversions_of(holder).filter(pk=conversion_id).first()
    if found is None:
        raise UnknownId("You have no such conversion.")
    return found


def deliveries_of(holder: Holder) -> QuerySet[DataDelivery]:
    """Return a holder's deliveries of data and vouchers, the newest first."""
    rows = DataDelivery.objects.filter(holder=holder).select_related("instruction")
    return rows.order_by("-made_at", "-id")


def delivery_of(*, holder: Holder, delivery_id: UUID) -> DataDelivery:
    """Return one of a holder's deliveries.

    Raises:
        UnknownId: the holder has no such delivery.
    """
    found = deliveries_of(holder).filter(pk=delivery_id).first()
    if found is None:
        raise UnknownId("You have no such delivery.")
    return found


def to_send_home(*, now: datetime, limit: int) -> list[tuple[UUID, str]]:
    """Return whose assets the end of the service has still to send to a number, by holder."""
    with connection.cursor() as cursor:
        cursor.execute(_TO_SEND_HOME, {"month": month_of(now), "limit": limit})
        return [(holder, asset) for holder, asset in cursor.fetchall()]


def on_its_way() -> int:
    """Return how many conversions and deliveries wait for their carriers."""
    coins = Conversion.objects.filter(state=Conversion.State.ON_ITS_WAY).count()
    return coins + DataDelivery.objects.filter(state=DataDelivery.State.ON_ITS_WAY).count()


def set_aside_in_conversions(holder: Holder) -> Iterator[SetAside]:
    """Return the coins of a holder that wait for their data to be delivered."""
    for row in conversions_of(holder).filter(state=Conversion.State.ON_ITS_WAY):
        name = opaque_id("cnv", row.pk)
        yield SetAside(id=name, asset=COIN, amount=row.coins, url=f"/conversions/{name}/")


def set_aside_in_deliveries(holder: Holder) -> Iterator[SetAside]:
    """Return the data of a holder that is on its way to a number."""
    for row in deliveries_of(holder).filter(state=DataDelivery.State.ON_ITS_WAY):
        name = opaque_id("dlv", row.pk)
        yield SetAside(id=name, asset=row.asset, amount=row.mb, url=f"/deliveries/{name}/")


def cause_of_conversion(address: str) -> Cause | None:
    """Return what stands behind `conversion/<id>`."""
    row = Conversion.objects.filter(pk=UUID(address.split("/")[1])).first()
    if row is None:
        return None
    return Cause(
        title=_("%(coins)s 枚币换流量") % {"coins": row.coins},
        facts={
            _("状态"): row.get_state_display(),
            _("持有人"): opaque_id("hld", row.holder_id),
            _("号码"): masked(msisdn=row.msisdn),
            _("运营商"): row.carrier_id,
            _("参考号"): str(row.instruction_id),
        },
    )


def cause_of_data_delivery(address: str) -> Cause | None:
    """Return what stands behind `delivery/<id>`, if it is data on its way to a number."""
    row = DataDelivery.objects.filter(pk=UUID(address.split("/")[1])).first()
    if row is None:
        return None
    return Cause(
        title=_("%(mb)s MB %(asset)s 送到号码") % {"mb": row.mb, "asset": row.asset},
        facts={
            _("状态"): row.get_state_display(),
            _("持有人"): opaque_id("hld", row.holder_id),
            _("号码"): masked(msisdn=row.msisdn),
            _("参考号"): str(row.instruction_id),
        },
    )


def owned_on_its_way(holder: UUID, *, start: datetime, end: datetime) -> Iterator[str]:
    """Return where a holder's conversions and deliveries waited between two instants."""
    waited = Q(ended_at__isnull=True) | Q(ended_at__gte=start)
    mine = {"holder": holder, "made_at__lt": end}
    for row in Conversion.objects.filter(waited, **mine).values_list("pk", flat=True):
        yield f"conversion/{row}"
    for row in DataDelivery.objects.filter(waited, **mine).values_list("pk", flat=True):
        yield f"delivery/{row}"


def personal_of_conversion(conversion: UUID) -> Mapping[str, str] | None:
    """Return the whole number a conversion goes to."""
    row = Conversion.objects.filter(pk=conversion).first()
    return None if row is None else {_("号码"): row.msisdn}


def personal_of_data_delivery(delivery: UUID) -> Mapping[str, str] | None:
    """Return the whole number a delivery goes to."""
    row = DataDelivery.objects.filter(pk=delivery).first()
    return None if row is None else {_("号码"): row.msisdn}
