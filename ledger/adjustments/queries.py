"""Reads of proposals: their state, what they would do to balances, who may decide them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ledger.adjustments.models import (
    AdjustmentLimit,
    Proposal,
    ProposalDecision,
    ProposalLeg,
    ProposalPosting,
)
from ledger.adjustments.rules import Person, is_escrow, net
from ledger.models import Account, AddressKind, Transaction
from ledger.queries import amount_at, entries_of_transaction
from ledger.registry import Cause, cause_of
from ledger.rules import Leg, goods_of, instant_in_words, month_of

ADDRESSES_SUGGESTED = 12
_HAS_AN_ID = re.compile(r"/[0-9a-f]{8}-[0-9a-f]{4}-")


def limits_in_force() -> list[AdjustmentLimit]:
    """Return the newest limit of each role and act, by role and act."""
    return list(AdjustmentLimit.objects.order_by("role", "act", "-id").distinct("role", "act"))


def limit_of(person: Person, *, act: AdjustmentLimit.Act) -> AdjustmentLimit | None:
    """Return the widest limit that a person's roles give for an act, if any does."""
    limits = [
        limit
        for limit in limits_in_force()
        if limit.role in person.roles and limit.act == act and limit.units_each_max
    ]
    return max(limits, key=lambda limit: (limit.units_each_max, limit.escrows), default=None)


def state_of(proposal: Proposal, *, now: datetime) -> str:
    """Return open, expired, or how the proposal was decided."""
    decision = ProposalDecision.objects.filter(pk=proposal.pk).first()
    if decision:
        return decision.outcome
    return "open" if now < proposal.expires_at else ProposalDecision.Outcome.EXPIRED


def open_proposals(*, now: datetime) -> QuerySet[Proposal]:
    """Return the proposals that can still be decided, oldest first."""
    return Proposal.objects.filter(decision=None, expires_at__gt=now).order_by("proposed_at", "id")


def proposals_reversing(transaction: UUID) -> QuerySet[Proposal]:
    """Return the proposals that reverse a transaction, newest first."""
    return Proposal.objects.filter(postings__reverses=transaction).select_related("decision")


def postings_of(proposal: Proposal) -> list[tuple[ProposalPosting, tuple[Leg, ...]]]:
    """Return the transactions a proposal posts, in their order, with their legs."""
    legs: dict[int, list[Leg]] = {}
    for row in ProposalLeg.objects.filter(posting__proposal=proposal).order_by("id"):
        legs.setdefault(row.posting_id, []).append(Leg(row.address, row.asset, row.amount))
    rows = ProposalPosting.objects.filter(proposal=proposal).order_by("place")
    return [(row, tuple(legs[row.pk])) for row in rows]


def kinds_behind(transactions: Iterable[UUID]) -> list[str]:
    """Return the kinds of transactions, and of those that they reverse, all the way back."""
    found: list[str] = []
    asked = list(transactions)
    while asked:
        rows = Transaction.objects.filter(pk__in=asked)
        found += rows.values_list("kind", flat=True)
        asked = list(rows.exclude(reverses=None).values_list("reverses", flat=True))
    return found


def legs_reversing(transactions: Iterable[UUID]) -> list[tuple[Leg, ...]]:
    """Return the opposite legs of each of these transactions."""
    return [
        tuple(
            Leg(entry.account.address, entry.account.asset, -entry.amount)
            for entry in entries_of_transaction(transaction)
        )
        for transaction in transactions
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a proposal would do to one account now: amounts in whole units of its asset.

    `trouble` is the code a posting would be refused with; "" when nothing stands against it.
    """

    leg: Leg
    before: int
    after: int
    trouble: str
    is_escrow: bool
    cause: Cause | None


def effects(postings: Sequence[Sequence[Leg]], *, now: datetime) -> list[Effect]:
    """Return what postings would do to the balances of the accounts they touch."""
    kinds = list(AddressKind.objects.all())
    return [_effect(leg, kind=_kind_of(leg, kinds), month=month_of(now)) for leg in net(postings)]


def _kind_of(leg: Leg, kinds: Iterable[AddressKind]) -> AddressKind | None:
    return next((kind for kind in kinds if re.fullmatch(kind.pattern, leg.address)), None)


def _effect(leg: Leg, *, kind: AddressKind | None, month: date) -> Effect:
    before = amount_at(leg.address, leg.asset)
    return Effect(
        leg=leg,
        before=before,
        after=before + leg.amount,
        trouble=_trouble(leg, kind=kind, after=before + leg.amount, month=month),
        is_escrow=is_escrow(leg.address),
        cause=cause_of(leg.address),
    )


def _trouble(leg: Leg, *, kind: AddressKind | None, after: int, month: date) -> str:
    goods = goods_of(leg.asset)
    if kind is None:
        return "unknown_address"
    if goods is not None and goods.month < month:
        return "asset_expired"
    if kind.floor is not None and after < kind.floor:
        return "balance_too_low"
    if kind.ceiling is not None and after > kind.ceiling:
        return "balance_too_high"
    return ""


def unknown_addresses(addresses: Iterable[str]) -> list[str]:
    """Return those with an id at which nothing stands: no account, and no row of an app."""
    asked = set(addresses)
    known = set(Account.objects.filter(address__in=asked).values_list("address", flat=True))
    return sorted(one for one in asked - known if _has_an_id(one) and cause_of(one) is None)


def _has_an_id(address: str) -> bool:
    return _HAS_AN_ID.search(address) is not None


def addresses_beginning(prefix: str) -> list[str]:
    """Return a few addresses with accounts that begin so, in order."""
    found = Account.objects.filter(address__startswith=prefix).order_by("address")
    return list(found.values_list("address", flat=True).distinct()[:ADDRESSES_SUGGESTED])


def persons_named(ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Return what these members of staff are called."""
    wanted = {one for one in ids if one is not None}
    found: dict[UUID | None, str] = {one: str(one) for one in wanted}
    users = get_user_model().objects.in_bulk(list(wanted))
    return found | {pk: str(user) for pk, user in users.items()}


def cause_of_adjustment(metadata: Mapping[str, Any]) -> Cause | None:
    """Return the proposal behind an adjustment or a reversal: both persons, and why."""
    try:
        asked = UUID(str(metadata.get("proposal")))
    except ValueError:
        return None
    proposal = Proposal.objects.filter(pk=asked).select_related("decision").first()
    if proposal is None or not hasattr(proposal, "decision"):
        return None
    decision = proposal.decision
    names = persons_named([proposal.proposed_by, decision.decided_by])
    return Cause(
        title=_("第二个人批准的提议：%(kind)s") % {"kind": proposal.get_kind_display()},
        facts={
            _("为什么"): proposal.reason,
            _("提议人"): f"{names[proposal.proposed_by]}, {instant_in_words(proposal.proposed_at)}",
            _("批准人"): f"{names[decision.decided_by]}, {instant_in_words(decision.decided_at)}",
        },
        url=f"/admin/ledger/proposal/{proposal.pk}/change/",
    )
