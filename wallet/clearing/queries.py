"""Reads of clearings: statements and their lines, what stands behind a line, who is to pay whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from ledger.models import Entry
from ledger.registry import Cause
from ledger.rules import COIN, SHANGHAI, account_id, month_after, month_name
from wallet.carriers.models import Carrier, Instruction
from wallet.clearing.models import Clearing, ClearingLine, ClearingStatement, ClearingStep
from wallet.clearing.rules import Payment, nets_of, payments_of
from wallet.holders.rules import UnknownId
from wallet.policy.queries import policy_int

PRICE = "clearing.fen_per_1000_coins"
_SQL = Path(__file__).parent / "sql"
_CREDITS = (_SQL / "credits_v1.sql").read_text()
_OUTSTANDING = (_SQL / "outstanding_v1.sql").read_text()


class Credit(NamedTuple):
    """What one kind of transactions brought to one of a carrier's accounts on one day, in coins."""

    account: str
    kind: str
    day: date
    coins: int
    transactions: int
    first_entry: int
    last_entry: int


class Redeemed(NamedTuple):
    """What a carrier redeemed: coins, in so many transactions."""

    coins: int
    transactions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """A statement in coins and fen: redeemed and to be paid for, own coins redeemed and to be paid."""

    credit_coins: int
    credit_fen: int
    charge_coins: int
    charge_fen: int
    own_coins: int

    @property
    def net_fen(self) -> int:
        """Return what the carrier gets for the month; below zero, what it pays."""
        return self.credit_fen - self.charge_fen


def prices_at(at: datetime) -> dict[str, int]:
    """Return what each carrier is paid for what it redeems, in fen for 1,000 coins."""
    codes = Carrier.objects.order_by("pk").values_list("pk", flat=True)
    return {code: policy_int(PRICE, now=at, scope=code) for code in codes}


def credits_in(*, carrier: str, month: date) -> list[Credit]:
    """Return what a carrier redeemed in a month, by account, kind and day."""
    with connection.cursor() as cursor:
        cursor.execute(_CREDITS, {"carrier": carrier, "month": month})
        return [Credit(*row) for row in cursor.fetchall()]


def outstanding_at_end_of(month: date) -> dict[str, int]:
    """Return each issuer's coins outstanding at a month's end and not charged to it yet."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTSTANDING, {"month": month, "after": month_after(month)})
        return {code: int(coins) for code, coins in cursor.fetchall()}


def statements_of(carrier: str) -> QuerySet[ClearingStatement]:
    """Return a carrier's statements, the newest first, each with how its lines stand."""
    return (
        ClearingStatement.objects.filter(carrier=carrier)
        .select_related("clearing", "carrier")
        .annotate(
            lines_open=Count("lines", filter=Q(lines__state=ClearingLine.State.OPEN)),
            lines_disputed=Count("lines", filter=Q(lines__state=ClearingLine.State.DISPUTED)),
        )
        .order_by("-clearing", "-id")
    )


def statement_of(*, carrier: str, statement_id: UUID) -> ClearingStatement:
    """Return one of a carrier's statements.

    Raises:
        UnknownId: the carrier has no such statement.
    """
    found = statements_of(carrier).filter(pk=statement_id).first()
    if found is None:
        raise UnknownId("You have no such statement.")
    return found


def lines_of(statement: ClearingStatement) -> QuerySet[ClearingLine]:
    """Return a statement's lines: what was redeemed by day, then what is charged."""
    return statement.lines.select_related("counterpart", "origin").order_by(
        "-side", "day", "account", "kind", "counterpart", "id"
    )


def line_in(*, statement: ClearingStatement, line_id: UUID) -> ClearingLine:
    """Return one of a statement's lines.

    Raises:
        UnknownId: the statement has no such line.
    """
    found = lines_of(statement).filter(pk=line_id).first()
    if found is None:
        raise UnknownId("The statement has no such line.")
    return found


def charges_by(statement: ClearingStatement) -> QuerySet[ClearingLine]:
    """Return what issuers are charged for a carrier's redemptions, its own coins among them."""
    return ClearingLine.objects.filter(
        side=ClearingLine.Side.CHARGE,
        statement__clearing=statement.clearing_id,
        counterpart=statement.carrier_id,
    ).select_related("statement")


def credits_kept(statement: ClearingStatement) -> QuerySet[ClearingLine]:
    """Return a statement's redemptions that were not left out."""
    kept = statement.lines.filter(side=ClearingLine.Side.CREDIT)
    return kept.exclude(state=ClearingLine.State.LEFT_OUT)


def redeemed_in(statement: ClearingStatement) -> Redeemed:
    """Return what a statement's redemptions that were not left out come to."""
    sums = credits_kept(statement).aggregate(coins=Sum("coins"), of=Sum("transactions"))
    return Redeemed(coins=int(sums["coins"] or 0), transactions=int(sums["of"] or 0))


def left_of(clearing: Clearing) -> dict[str, int]:
    """Return what each issuer owes beyond what the month's redemptions ask of it, in coins."""
    charges = ClearingLine.objects.filter(
        side=ClearingLine.Side.CHARGE, statement__clearing=clearing
    )
    rows = charges.order_by().values_list("statement__carrier").annotate(coins=Sum("coins"))
    asked = {code: int(coins) for code, coins in rows}
    return {code: owed - asked.get(code, 0) for code, owed in clearing.outstanding.items()}


def may_wait(line: ClearingLine) -> bool:
    """Tell whether a disputed redemption may be left to the next month's statement.

    Without one that takes something off, issuers are asked for more: so they must owe as much
    beyond what is asked already, or others' redemptions count on it. A later clearing has shared
    what they owe beyond what is asked now, and a booked statement confirmed it.
    """
    clearing = line.statement.clearing
    if line.coins >= 0:
        return True
    if Clearing.objects.filter(pk__gt=clearing.pk).exists():
        return False
    if clearing.statements.filter(retired_at__isnull=False).exists():
        return False
    return sum(coins for coins in left_of(clearing).values() if coins > 0) >= -line.coins


def sums_of(statement: ClearingStatement) -> Sums:
    """Return what a statement comes to."""
    by_others = charges_by(statement).exclude(statement=statement)
    own = charges_by(statement).filter(statement=statement)
    to_others = statement.lines.filter(side=ClearingLine.Side.CHARGE).exclude(
        counterpart=statement.carrier_id
    )
    credit, charge = _sum(by_others), _sum(to_others)
    return Sums(
        credit_coins=credit[0],
        credit_fen=credit[1],
        charge_coins=charge[0],
        charge_fen=charge[1],
        own_coins=_sum(own)[0],
    )


def _sum(lines: QuerySet[ClearingLine]) -> tuple[int, int]:
    found = lines.aggregate(coins=Sum("coins"), fen=Sum("fen"))
    return int(found["coins"] or 0), int(found["fen"] or 0)


def payments_due(clearing: Clearing) -> list[Payment]:
    """Return the payments a clearing comes to, as its lines stand now."""
    rows = (
        ClearingLine.objects.filter(side=ClearingLine.Side.CHARGE, statement__clearing=clearing)
        .values_list("statement__carrier", "counterpart")
        .annotate(fen=Sum("fen"))
    )
    owed = {(str(debtor), str(creditor)): int(fen) for debtor, creditor, fen in rows}
    return payments_of(nets_of(owed))


def entries_behind(line: ClearingLine) -> QuerySet[Entry]:
    """Return the entries a line resolves to, each with its transaction, the oldest first.

    Of a charge: those of the redemptions it is a share of.
    """
    among = [line]
    if line.side == ClearingLine.Side.CHARGE:
        theirs = ClearingStatement.objects.get(
            clearing=line.statement.clearing_id, carrier=line.counterpart_id
        )
        among = list(credits_kept(theirs).select_related("statement"))
    where = Q(pk__in=[])
    for credit in among:
        where |= _where(credit)
    rows = Entry.objects.filter(where, month__in={credit.month for credit in among})
    return rows.select_related("transaction", "account").order_by("id")


def _where(credit: ClearingLine) -> Q:
    carrier = credit.statement.carrier_id
    address = f"fees/{carrier}" if credit.account == "fees" else f"carrier/{carrier}/payable"
    assert credit.day is not None
    begins = datetime.combine(credit.day, datetime.min.time(), tzinfo=SHANGHAI)
    return Q(
        month=credit.month,
        account=account_id(address=address, asset=COIN),
        id__range=(credit.first_entry, credit.last_entry),
        transaction__kind=credit.kind,
        transaction__at__gte=begins,
        transaction__at__lt=begins + timedelta(days=1),
    )


def references_of(entries: Iterable[Entry]) -> dict[UUID, UUID]:
    """Return the references under which a carrier knows what entries' transactions delivered."""
    of_conversion = {
        UUID(str(found)): entry.transaction_id
        for entry in entries
        if (found := entry.transaction.metadata.get("conversion"))
    }
    rows = Instruction.objects.filter(conversion__pk__in=list(of_conversion))
    return {
        of_conversion[conversion]: reference
        for conversion, reference in rows.values_list("conversion__pk", "pk")
    }


def why_not_ready(statement: ClearingStatement) -> Mapping[str, int]:
    """Return what keeps a statement from being retired: how many lines, by reason; or nothing."""
    own = statement.lines
    found = {
        "open": own.filter(state=ClearingLine.State.OPEN).count(),
        "disputed": own.filter(state=ClearingLine.State.DISPUTED).count(),
        "disputed_by_others": charges_by(statement)
        .filter(state=ClearingLine.State.DISPUTED)
        .exclude(statement=statement)
        .count(),
    }
    return {name: count for name, count in found.items() if count}


def open_steps(statement: ClearingStatement) -> QuerySet[ClearingStep]:
    """Return what was proposed of a statement and not decided, the oldest first."""
    rows = statement.steps.filter(outcome="").select_related("line", "proposed_by")
    return rows.order_by("proposed_at", "id")


def statements_waiting() -> int:
    """Return how many statements wait for one of us: an answer, a proposal's decision."""
    disputed = ClearingLine.objects.filter(
        statement=OuterRef("pk"), state=ClearingLine.State.DISPUTED
    )
    proposed = ClearingStep.objects.filter(statement=OuterRef("pk"), outcome="")
    waiting = ClearingStatement.objects.filter(retired_at=None)
    return waiting.filter(Exists(disputed) | Exists(proposed)).count()


def cause_of_clearing(metadata: Mapping[str, object]) -> Cause | None:
    """Return what stands behind the transaction that retired a statement."""
    found = ClearingStatement.objects.filter(pk=str(metadata.get("statement", ""))).first()
    if found is None:
        return None
    return Cause(
        title=_("运营商 %(carrier)s %(month)s 的月结单")
        % {"carrier": found.carrier_id, "month": month_name(found.clearing_id)},
        facts={_("入账时间"): str(found.retired_at or "")},
        url=f"/admin/wallet/clearingstatement/{found.pk}/change/",
    )
