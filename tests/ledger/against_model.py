"""Do a thing to the database and to the model, and say where they differ."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import connection

from ledger.months.operations import begin_close
from ledger.months.refusals import CloseTooEarly
from ledger.operations import Outcome, open_month, post, post_batch, post_each
from ledger.refusals import KeyReused, MonthClosed, MonthNotOpen, Refusal
from ledger.rules import Posting, month_after, starts_at
from tests.ledger.model import Account, Model

# What an action gave: what is new because of it, or the refusal.
Given = frozenset[object] | Refusal
Name = tuple[str, str]  # address, asset

BALANCES = """
    SELECT a.address, a.asset, b.balance, b.version
    FROM ledger_account a LEFT JOIN ledger_balance b ON b.account_id = a.id
"""
ENTRIES = """
    SELECT a.address, a.asset, e.amount, e.balance_after, e.version
    FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id ORDER BY e.version, e.id
"""


@dataclass(frozen=True, slots=True)
class Action:
    """One call of the ledger: `single`, `batch`, `open` or `begin` (a month's close).

    Beside others a `begin` is preceded by its `turn`: until it returns, postings that read the
    month open go on beside those that see it closing.
    """

    name: str
    postings: Sequence[Posting] = ()
    month: date = date.max


def done(action: Action) -> Given:
    """Do it to the database."""
    try:
        match action.name:
            case "single":
                (posting,) = action.postings
                return frozenset({posting.id} if post(posting) is Outcome.POSTED else ())
            case "batch":
                return frozenset(post_batch(action.postings))
            case "open":
                return frozenset({action.month} if open_month(month=action.month) else ())
        begin_close(month=action.month, now=after(action.month))
    except Refusal as refusal:
        return refusal
    return frozenset()


def after(month: date) -> datetime:
    """Return an instant at which a month may close."""
    return starts_at(month_after(month)) + timedelta(hours=1)


def disagreement(action: Action, given: Given, model: Model) -> str | None:
    """Do it to the model; say what it gives instead, if that is not what the database gave."""
    if action.name == "open":
        expected = frozenset({action.month} if model.open_month(action.month) else ())
        return None if given == expected else f"{given} instead of {expected}"
    if action.name == "turn":
        if model.months.get(action.month) == "open":
            model.turning = action.month
        return None
    if action.name == "begin":
        return _disagreement_of_begin(action.month, given, model)
    return _disagreement_of_posting(action.postings, given, model)


def disagreement_of_each(postings: Sequence[Posting], model: Model) -> str | None:
    """Post each for itself, in one call: it must be as if each had been posted in turn."""
    try:
        outcomes = post_each(postings)
    except Refusal as refusal:  # of the call, whatever its postings are
        return None if type(refusal) in model.copy().take(postings)[0] else repr(refusal)
    for posting, outcome in zip(postings, outcomes, strict=True):
        new = frozenset[object]({posting.id} if outcome is Outcome.POSTED else ())
        given = outcome if isinstance(outcome, Refusal) else new
        if found := disagreement(Action("single", [posting]), given, model):
            return found
    return None


def _disagreement_of_posting(postings: Sequence[Posting], given: Given, model: Model) -> str | None:
    months = {one.posting_month() for one in postings if not model.knows(one.id)}
    if isinstance(given, MonthClosed) and model.turning in months:
        return None  # it saw the state that its kind is not for
    known = {one.id: model.differing(one) for one in postings if model.knows(one.id)}
    reasons, fresh = model.take(postings)
    if not isinstance(given, Refusal):
        return f"{given} in spite of {reasons}" if reasons or fresh != given else None
    if type(given) not in reasons:
        return f"{given!r}, where the reasons are {reasons}"
    if isinstance(given, KeyReused) and not any(
        given.fields["field"] in fields for fields in known.values()
    ):
        return f"{given!r} {given.fields}, where {known} differ"
    return None


def _disagreement_of_begin(month: date, given: Given, model: Model) -> str | None:
    state = model.months.get(month)
    expected: type[Refusal] | None = None
    if state is None:
        expected = MonthNotOpen
    elif state == "open" and any(
        other < month and state != "closed" for other, state in model.months.items()
    ):
        expected = CloseTooEarly
    elif state == "open" and model.months.get(month_after(month)) != "open":
        expected = MonthNotOpen
    elif state == "open":
        model.months[month], model.turning = "closing", None
    is_so = type(given) is expected if expected else given == frozenset()
    return None if is_so else f"{given!r} instead of {expected}"


@dataclass(frozen=True, slots=True)
class Rows:
    """Every row of the books."""

    balances: dict[Name, tuple[int | None, int | None]]
    chains: dict[Name, list[tuple[int, int, int]]]
    transactions: set[object]
    months: dict[date, str]


def rows_of_the_books() -> Rows:
    """Read every row of the books."""
    with connection.cursor() as cursor:
        cursor.execute(BALANCES)
        balances = {(row[0], row[1]): (row[2], row[3]) for row in cursor.fetchall()}
        cursor.execute(ENTRIES)
        chains: dict[Name, list[tuple[int, int, int]]] = {name: [] for name in balances}
        for address, asset, *entry in cursor.fetchall():
            chains[address, asset].append((entry[0], entry[1], entry[2]))
        cursor.execute("SELECT id FROM ledger_transaction")
        transactions = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT month, state FROM ledger_month")
        return Rows(balances, chains, transactions, dict(cursor.fetchall()))


def difference(rows: Rows, model: Model) -> str | None:
    """Compare the books with the model, and say the first difference."""
    if (rows.transactions, rows.months) != (set(model.transactions), model.months):
        strange = rows.transactions ^ set(model.transactions)
        return f"Transactions {strange}; {rows.months} instead of {model.months}"
    if set(rows.balances) != set(model.accounts):
        return f"Accounts {set(rows.balances) ^ set(model.accounts)}"
    for name, account in model.accounts.items():
        kept, chain = rows.balances[name], rows.chains[name]
        if account.tracked:
            if kept != account.kept or chain != _chain_of(account):
                return f"{name}: {kept} {chain} instead of {_chain_of(account)}"
        elif kept != account.kept or _amounts(chain) != _amounts(account.entries):
            return f"{name}: {kept} {chain} instead of {account.kept} {account.entries}"
    return None


def _chain_of(account: Account) -> list[tuple[int, int, int]]:
    return [(*entry, place) for place, entry in enumerate(account.entries, 1)]


def _amounts(entries: Sequence[tuple[int, ...]]) -> list[int]:
    return sorted(entry[0] for entry in entries)


def _may_become(model: Model, rows: Rows) -> bool:
    """Tell whether every chain so far is how the one in the books begins."""
    return all(
        rows.chains.get(name, [])[: len(account.entries)] == _chain_of(account)
        for name, account in model.accounts.items()
        if account.tracked
    )


def serial_order(
    lists: Sequence[Sequence[Action]], given: Sequence[Sequence[Given]], model: Model
) -> Model | None:
    """Look for an order of what was done at once in which the model gives and ends the same."""
    rows = rows_of_the_books()
    steps = [list(_in_steps(*one)) for one in zip(lists, given, strict=True)]
    # What was posted is known, so the same actions in another order leave the same model.
    dead_ends: set[tuple[int, ...]] = set()

    def ended(reached: tuple[int, ...], so_far: Model) -> Model | None:
        if reached == tuple(map(len, steps)):
            return so_far if difference(rows, so_far) is None else None
        for place, actions in enumerate(steps):
            step = (*reached[:place], reached[place] + 1, *reached[place + 1 :])
            if step[place] > len(actions) or step in dead_ends:
                continue
            then = so_far.copy()
            action, outcome = actions[reached[place]]
            if disagreement(action, outcome, then) is None and _may_become(then, rows):
                found = ended(step, then)
                if found is not None:
                    return found
                dead_ends.add(step)
        return None

    return ended((0,) * len(steps), model)


def _in_steps(actions: Sequence[Action], given: Sequence[Given]) -> Iterator[tuple[Action, Given]]:
    for action, outcome in zip(actions, given, strict=True):
        if action.name == "begin" and not isinstance(outcome, Refusal):
            yield replace(action, name="turn"), outcome
        yield action, outcome


def beside(posting: Posting, fresh: Posting) -> list[Posting]:
    """Return a batch of two whose month, instant and actor are the second's."""
    return [replace(posting, at=fresh.at, month=fresh.month, actor=fresh.actor), fresh]


def told(lists: Sequence[Sequence[Action]], given: Sequence[Sequence[Given]]) -> str:
    """Tell what was done at once, a list after the other, and what each action gave."""
    return "\n".join(
        f"{place}: {action.name} {[(one.id, one.legs) for one in action.postings]} gave {outcome!r}"
        for place, (actions, outcomes) in enumerate(zip(lists, given, strict=True))
        for action, outcome in zip(actions, outcomes, strict=True)
    )
