"""Undo trades: proposed by one person, approved by another, as reversals of their postings.

What a reversal puts back into the two orders' accounts lies beside the orders until the log's
next events give it to its owners.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from exchange.orders.models import Book, Event, Order, Trade
from exchange.orders.rules import bust_key, order_address
from ledger.adjustments.models import Proposal
from ledger.adjustments.operations import propose_reversal
from ledger.adjustments.rules import Person
from ledger.models import Entry
from ledger.queries import amount_at
from ledger.refusals import Refusal
from ledger.registry import ApprovedAction
from ledger.rules import month_of, monthly_asset
from wallet.holders.operations import tell

ACTION = "bust_trades"


class TradeBusted(Refusal):
    """The trade was undone before."""

    code = "trade_busted"


class TradeSettled(Refusal):
    """Its month is over: what the seller was paid is not taken back; adjust instead."""

    code = "trade_settled"


class BoughtDataGone(Refusal):
    """The buyer no longer has the data: it was delivered or given away."""

    code = "bought_data_gone"


def propose_bust(
    *, trades: Sequence[Trade], reason: str, by: Person, key: UUID, now: datetime
) -> Proposal:
    """Propose to undo trades, all of them or none, and return the proposal.

    Raises:
        TradeBusted, TradeSettled, BoughtDataGone: as they say, of any of them.
        AdjustmentReasonMissing, AdjustmentRoleMissing, AdjustmentLimitPassed, EscrowNotAllowed,
            KeyReused: as for any reversal.
    """
    for trade in trades:
        _refuse_unfit(trade, now=now)
    named = [trade.pk for trade in sorted(trades, key=lambda one: one.number)]
    return propose_reversal(
        transactions=named,
        reason=reason,
        action=ACTION,
        subject=" ".join(str(each) for each in named),
        by=by,
        key=key,
        now=now,
    )


def bust_trades(approved: ApprovedAction) -> None:
    """Note trades as undone, and put into the log that their orders' owners get theirs back.

    It is carried out with a second person's approval, before the reversals are posted.

    Raises:
        TradeBusted, TradeSettled, BoughtDataGone: as they are now.
    """
    ids = [UUID(each) for each in approved.subject.split()]
    _lock(ids)
    rows = Trade.objects.select_for_update(of=("self",), no_key=True)
    for trade in (
        rows.filter(pk__in=ids).select_related("book", "buy__holder", "sell__holder").order_by("pk")
    ):
        _refuse_unfit(trade, now=approved.at)
        mb = trade.lots * trade.book.lot_mb
        _put_beside(trade, trade.buy, amount=_paid(trade), approved=approved)
        _put_beside(trade, trade.sell, amount=mb, approved=approved)
        _tell(trade, now=approved.at)
        trade.busted_at = approved.at
        trade.save(update_fields=["busted_at"])


def _lock(trades: Sequence[UUID]) -> None:
    """Lock what a batch of events writes, in its order: books, then orders, each by their ids."""
    found = Trade.objects.filter(pk__in=trades)
    both = found.values_list("buy_id", "sell_id")
    orders = {order for pair in both for order in pair}
    _lock_rows(Book.objects.filter(pk__in=found.values("book")))
    _lock_rows(Order.objects.filter(pk__in=orders))


def _lock_rows(rows: QuerySet[Book] | QuerySet[Order]) -> None:
    list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _tell(trade: Trade, *, now: datetime) -> None:
    """Tell both sides, neither who the other was."""
    facts = {"lots": trade.lots, "price_coins": trade.price_coins}
    buyer, seller = trade.buy.holder, trade.sell.holder
    tell(holder=buyer, kind="trade_bust_buyer", subject_id=trade.pk, now=now, facts=facts)
    tell(holder=seller, kind="trade_bust_seller", subject_id=trade.pk, now=now, facts=facts)


def _refuse_unfit(trade: Trade, *, now: datetime) -> None:
    if trade.busted_at is not None:
        raise TradeBusted("This trade was undone before.")
    book = trade.book
    if book.month != month_of(now):
        raise TradeSettled("The month of this trade is over.")
    asset = monthly_asset(goods="DATA", carrier=book.carrier_id, month=book.month)
    held = amount_at(f"holder/{trade.buy.holder_id}/main", asset)
    if trade.delivery_id is not None or held < trade.lots * book.lot_mb:
        raise BoughtDataGone("The buyer no longer has the data.")


def _paid(trade: Trade) -> int:
    """Return the coins that a trade took out of its buy: price, fee cover, and what was over."""
    entries = Entry.objects.filter(
        transaction=trade.pk, account__address=order_address(trade.buy_id)
    )
    return -int(entries.aggregate(coins=Sum("amount"))["coins"])


def _put_beside(trade: Trade, order: Order, *, amount: int, approved: ApprovedAction) -> None:
    Order.objects.filter(pk=order.pk).update(aside_amount=F("aside_amount") + amount)
    Event.objects.create(
        book_id=trade.book_id,
        kind=Event.Kind.BUST,
        order=order,
        holder=None,
        client_id=bust_key(trade=trade.pk, order=order.pk),
        body={"trade": str(trade.pk), "aside": amount, "by": approved.actor},
        accepted_at=approved.at,
    )
