"""What is left to be listed, what the lists say, and what an issuer's coins cost."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, Sum

from ledger.queries import Holding, coins_in
from ledger.rules import COIN
from wallet.carriers.models import Carrier
from wallet.policy.queries import policy_int
from wallet.refunds.models import CashRefund
from wallet.refunds.rules import Price
from wallet.sponsors.models import Campaign, PurchaseOrder

LEFT_MAX = 10_000_000
_TO_REFUND = (Path(__file__).parent / "sql" / "to_refund_v1.sql").read_text()


def to_refund(*, limit: int) -> list[Holding]:
    """Return the accounts whose coins are to be listed, by address."""
    with connection.cursor() as cursor:
        cursor.execute(_TO_REFUND, {"limit": limit})
        return [Holding(address, COIN, int(coins)) for address, coins in cursor.fetchall()]


def owed_by_issuers() -> dict[str, int]:
    """Return how many coins of each issuer are outstanding."""
    codes = Carrier.parties.order_by("pk").values_list("pk", flat=True)
    owed = {code: -coins_in(f"issuer/{code}") for code in codes}
    return {code: coins for code, coins in owed.items() if coins > 0}


def prices(*, issuers: list[str], now: datetime) -> dict[str, Price]:
    """Return what each issuer was paid for its coins, and the least it pays back for them."""
    rows = PurchaseOrder.objects.values("issuer").annotate(fen=Sum("price_fen"), sold=Sum("coins"))
    paid = {row["issuer"]: (row["fen"], row["sold"]) for row in rows}
    return {
        code: Price(
            fen=paid.get(code, (0, 0))[0],
            coins=paid.get(code, (0, 0))[1],
            fen_per_100_min=policy_int("winddown.fen_per_100_coins", now=now, scope=code),
        )
        for code in issuers
    }


def listings_of(addresses: list[str]) -> dict[str, int]:
    """Return how often coins at each address were listed, where they were."""
    rows = CashRefund.objects.filter(address__in=addresses).values("address")
    counted = rows.annotate(listings=Count("posting", distinct=True))
    return dict(counted.values_list("address", "listings"))


def left_to_refund() -> int:
    """Return how many accounts hold coins to be listed."""
    return len(to_refund(limit=LEFT_MAX))


@dataclass(frozen=True, slots=True, kw_only=True)
class Creditor:
    """Whom what lay at an address belongs to: a holder, or a carrier."""

    holder: UUID | None = None
    carrier: str | None = None


def creditors_at(addresses: list[str]) -> dict[str, Creditor]:
    """Return whom each address belongs to; a campaign's budget is its sponsor's."""
    words = {address: address.split("/") for address in addresses}
    campaigns = dict(
        Campaign.objects.filter(
            pk__in=[parts[1] for parts in words.values() if parts[0] == "campaign"]
        ).values_list("pk", "sponsor_id")
    )
    found = {}
    for address, (kind, name, *_rest) in words.items():
        if kind in {"carrier", "fees"}:
            found[address] = Creditor(carrier=name)
        elif kind == "campaign":
            found[address] = Creditor(holder=campaigns[UUID(name)])
        else:
            found[address] = Creditor(holder=UUID(name))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundList:
    """An issuer's list: how many lines, coins and fen, and how much of the fen is paid."""

    issuer: str
    lines: int
    coins: int
    fen: int
    fen_paid: int


def refund_lists() -> list[RefundList]:
    """Return every issuer's list to holders, summed."""
    rows = (
        CashRefund.objects.filter(holder__isnull=False)
        .values("issuer")
        .annotate(
            lines=Count("pk"),
            all_coins=Sum("coins"),
            all_fen=Sum("fen"),
            fen_paid=Sum("fen", filter=Q(paid_at__isnull=False), default=0),
        )
        .order_by("issuer")
    )
    return [
        RefundList(
            issuer=row["issuer"],
            lines=row["lines"],
            coins=row["all_coins"],
            fen=row["all_fen"],
            fen_paid=row["fen_paid"],
        )
        for row in rows
    ]
