"""What a typed text names: something an app knows, a transaction, accounts by their beginning."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from ledger.models import Account, Transaction
from ledger.registry import Found, cause_of, finders

FOUND_MAX = 20
_PATTERN_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\%_"})


def found_by(text: str) -> list[Found]:
    """Return what a text names, the likeliest first: things of the apps, then the ledger's own."""
    text = text.strip()
    if not text:
        return []
    things = [found for finder in finders() for found in finder.find(text)]
    return list(_once([*things, *_transactions(text), *_addresses(text)]))[:FOUND_MAX]


def is_personal(text: str) -> bool:
    """Tell whether a text names somebody, so that looking for it needs a reason."""
    return any(finder.is_personal(text.strip()) for finder in finders())


def _once(every: Iterable[Found]) -> Iterator[Found]:
    seen: set[tuple[str, str]] = set()
    for found in every:
        key = (found.address, found.url)
        if key not in seen:
            seen.add(key)
            yield found


def _transactions(text: str) -> list[Found]:
    try:
        transaction = Transaction.objects.filter(pk=UUID(text)).first()
    except ValueError:
        return []
    return [] if transaction is None else [transaction_found(transaction)]


def transaction_found(transaction: Transaction) -> Found:
    """Return a transaction as something that was found."""
    return Found(
        title=f"{transaction.kind} {transaction.pk}",
        url=f"/admin/ledger/transaction/{transaction.pk}/change/",
    )


def _addresses(text: str) -> list[Found]:
    """Return the addresses that begin with a text: one with a stroke, or a kind's first word."""
    if "/" not in text:
        return []
    # A range of the index from the text on: the first few, however many begin so.
    rows = (
        Account.objects.extra(
            where=["ledger_account.address LIKE %s"],
            params=[f"{text.translate(_PATTERN_SIGNS)}%"],
        )
        .order_by()
        .values_list("address", flat=True)[: FOUND_MAX * 5]
    )
    return [Found(address=address) for address in sorted(set(rows))[:FOUND_MAX]]


def title_of(found: Found) -> str:
    """Return what something found is called."""
    if found.title:
        return found.title
    cause = cause_of(found.address)
    return cause.title if cause else found.address
