"""Postings that Hypothesis draws: said relative to the books, made real when their turn comes."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import strategies as st

from ledger.rules import (
    AMOUNT_MAX,
    CNY,
    COIN,
    Leg,
    Posting,
    derived_id,
    merged,
    month_after,
    monthly_asset,
    move,
    starts_at,
)

PEOPLE = [f"holder/{derived_id('person', place)}/main" for place in range(3)]
RICH = f"holder/{derived_id('rich')}/main"
DEBT = PEOPLE[0].replace("main", "debt")
GIFT = f"gift/{derived_id('gift')}"
BUDGET = f"sponsor/{derived_id('sponsor')}/budget"
RECEIVABLE = BUDGET.replace("budget", "receivable")
CAMPAIGN = f"campaign/{derived_id('campaign')}/budget"  # in stripes
HELD = [*PEOPLE, GIFT, BUDGET, CAMPAIGN, CAMPAIGN]
ANYWHERE = [*HELD, DEBT, RECEIVABLE, "issuer/CT", "issuer/CT/revenue", "system/sold", "nowhere/x"]
# Goods of the month before, of this one, of the next.
GOODS = {"past": -1, "present": 0, "coming": 1}
BIG = 2**62  # two of these do not fit an account


@dataclass(frozen=True, slots=True)
class Draft:
    """A posting to be: its month counts from the first open one, or from the one that closes."""

    kind: str
    month: int
    moves: tuple[tuple[str, str, str, int], ...]
    spoiled: str = ""
    note: int = 0

    def posting(self, *, number: int, first_open: date, closing: date | None) -> Posting:
        """Return the posting this means on books with these months."""
        first = closing if closing and self.kind == "expire" else first_open
        month = month_after(first, self.month)
        legs = merged(
            leg
            for source, target, asset, amount in self.moves
            for leg in move(
                asset=_asset(asset, first=first), amount=amount, source=source, target=target
            )
        )
        return Posting(
            id=derived_id("trial", number),
            kind=self.kind,
            at=starts_at(month) + timedelta(days=9),
            actor="test",
            legs=_spoiled(legs, how=self.spoiled),
            metadata={"note": self.note} if self.note else {},
            reverses=derived_id("unknown") if self.spoiled == "reverses nothing" else None,
        )


def _asset(name: str, *, first: date) -> str:
    if name not in GOODS:
        return name
    return monthly_asset(goods="DATA", carrier="CT", month=month_after(first, GOODS[name]))


def _spoiled(legs: tuple[Leg, ...], *, how: str) -> tuple[Leg, ...]:
    first = legs[0] if legs else Leg(GIFT, COIN, 1)
    rich = {"big": BIG, "huge": AMOUNT_MAX + 1}
    if how in rich:
        return move(asset=COIN, amount=rich[how], source="issuer/ZZ", target=RICH)
    spoiled = {
        "unbalanced": (replace(first, amount=first.amount + 1), *legs[1:]),
        "twice": (*legs, first, replace(first, amount=-first.amount)),
        "one leg": (first,),
        "zero": (*legs, Leg(GIFT, CNY, 0)),
    }
    return spoiled.get(how, legs)


def reversal_of(posting: Posting, *, number: int, month: date) -> Posting:
    """Return the posting that takes another one back."""
    return Posting(
        id=derived_id("trial", number),
        kind="correction",
        at=starts_at(month) + timedelta(days=10),
        actor="test",
        legs=tuple(replace(leg, amount=-leg.amount) for leg in posting.legs),
        reverses=posting.id,
    )


def altered(posting: Posting, *, how: str, reverses: UUID) -> Posting:
    """Return a posting of the same id that differs in one field, or in none."""
    if how == "kind":
        return replace(posting, kind="gift_send" if posting.kind != "gift_send" else "correction")
    if how == "metadata":
        return replace(posting, metadata={"note": 99})
    if how == "reverses":
        return replace(posting, reverses=reverses)
    if how == "legs":
        doubled = tuple(replace(leg, amount=leg.amount * 2) for leg in posting.legs)
        return replace(posting, legs=doubled)
    if how == "month":  # not compared: a retry after midnight is the same posting
        later = month_after(posting.posting_month())
        return replace(posting, at=starts_at(later) + timedelta(days=1), month=None)
    return posting


ALTERATIONS = ("", "", "kind", "metadata", "reverses", "legs", "month")
SPOILED = ("unbalanced", "twice", "one leg", "zero", "huge", "reverses nothing")
amounts = st.integers(1, 60)
held = st.sampled_from(HELD)
anywhere = st.sampled_from(ANYWHERE)
likely_moves = st.one_of(
    st.tuples(held, held, st.just(COIN), amounts).filter(lambda move: move[0] != move[1]),
    st.tuples(st.just("issuer/CT"), held, st.just(COIN), amounts),
    st.tuples(st.just("system/sold"), held, st.just("present"), amounts),
    st.tuples(held, held, st.just("present"), amounts).filter(lambda move: move[0] != move[1]),
)
any_moves = st.tuples(
    anywhere, anywhere, st.sampled_from([COIN, "present", "past", "coming", CNY, "GOLD"]), amounts
)
notes = st.integers(0, 2)
likely = st.builds(
    Draft,
    kind=st.sampled_from(["gift_send", "correction"]),
    month=st.sampled_from([0, 0, 1]),
    moves=st.lists(likely_moves, min_size=1, max_size=3).map(tuple),
    note=notes,
)
unlikely = st.builds(
    Draft,
    kind=st.sampled_from(["gift_send", "correction", "expire", "nonsense"]),
    month=st.sampled_from([0, 0, 1, -1]),
    moves=st.lists(st.one_of(likely_moves, any_moves), min_size=1, max_size=3).map(tuple),
    spoiled=st.sampled_from(["", "", "", "big", *SPOILED]),
    note=notes,
)
of_the_close = st.builds(
    Draft,
    kind=st.just("expire"),
    month=st.just(0),
    moves=st.lists(likely_moves, min_size=1, max_size=2).map(tuple),
)


def _of_one_month(drawn: tuple[list[Draft], Draft | None]) -> list[Draft]:
    batch, odd = drawn
    together = [*batch, odd] if odd else batch
    return [replace(draft, month=batch[0].month) for draft in together]


any_draft = st.one_of(likely, likely, likely, of_the_close, unlikely)
# A batch stands or falls as one: at most one of it is unlikely to stand.
any_batch = st.one_of(
    st.tuples(st.lists(likely, min_size=1, max_size=6), st.none()),
    st.tuples(st.lists(likely, min_size=1, max_size=6), st.none() | unlikely),
    st.tuples(st.lists(of_the_close, min_size=1, max_size=3), st.none()),
).map(_of_one_month)


# Functions, so that a failure is told in few words.
@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    return draw(any_draft)


@st.composite
def batches(draw: st.DrawFn) -> list[Draft]:
    return draw(any_batch)
