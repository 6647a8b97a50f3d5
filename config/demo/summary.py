"""What the played month came to, in a few lines, and whether its books are clean."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Sum
from django.urls import reverse

from config.demo.cast import ADMIN_PHONE, COLLEAGUES, SPEAKER_PHONE, SPONSOR_PHONE
from config.demo.sample import FRIEND, SUBSCRIBER
from exchange.orders.models import Trade
from ledger.models import Balance, Entry, Transaction
from ledger.months.models import Close
from ledger.months.queries import totals_of
from ledger.proofs.operations import begin_proofs, run_proofs
from ledger.proofs.queries import Finding
from ledger.rules import COIN, month_name
from wallet.offices.models import CarrierOffice

LEFT_WIDTH = 26


def summary_of(*, month: date, done: Counter[str], refused: Counter[str]) -> Iterator[str]:
    """Yield the month's figures, a line each."""
    posted = Transaction.objects.filter(month=month).count()
    entries = Entry.objects.filter(month=month).count()
    trades = Trade.objects.filter(book__month=month)
    held = Balance.objects.filter(account__kind="holder main", account__asset=COIN)
    coins = held.aggregate(sum=Sum("balance"))["sum"] or 0
    yield f"{month_name(month)}"
    yield _line("transactions, entries", f"{posted:,}, {entries:,}")
    for deed, count in sorted(done.items()):
        if deed != "night":
            yield _line(deed, f"{count:,}")
    lots = trades.aggregate(sum=Sum("lots"))["sum"] or 0
    yield _line("trades", f"{trades.count():,} of {lots:,} lots")
    yield _line("coins in wallets", f"{coins:,}")
    if refused:
        told = ", ".join(f"{code} {count:,}" for code, count in refused.most_common())
        yield _line("refused", told)


def close_lines(close: Close) -> Iterator[str]:
    """Yield what each stage of the close posted."""
    for stage, amounts in totals_of(close).items():
        told = ", ".join(f"{amount:,} {asset}" for asset, amount in sorted(amounts.items()))
        yield _line(stage, told or "nothing to post")
    yield _line("digest", bytes(close.month.digest or b"").hex())


def proof_lines(*, now: datetime) -> Iterator[tuple[Finding, str]]:
    """Run the proofs, keep them for the admin, and yield each with its line."""
    for finding in run_proofs(begin_proofs(asked_by="demo", now=now)):
        mark = "ok" if finding.is_clean else "BROKEN"
        told = f"{finding.examined:,} examined, {finding.milliseconds} ms"
        if not finding.is_clean:
            told = f"{finding.broken:,} broken, first: {finding.first_broken}"
        yield finding, f"  {mark:6} {finding.title}: {told}"


def how_to_log_in(*, url: str) -> Iterator[str]:
    """Yield where to go and which numbers to sign in with."""
    yield f"Open {url} and sign in with a number; its code shows at {url}{reverse('demo_inbox')}"
    yield _line("a subscriber", SUBSCRIBER)
    yield _line("a friend", FRIEND)
    yield _line("a sponsor", SPONSOR_PHONE.removeprefix("+86"))
    if CarrierOffice.objects.exists():  # not where an older demo was played
        speaker = SPEAKER_PHONE.removeprefix("+86")
        yield _line("a carrier", f"{speaker}, then {url}{reverse('offices')}")
    yield _line("an admin", f"{ADMIN_PHONE.removeprefix('+86')}, then {url}/admin/")
    for role, phone in COLLEAGUES.items():
        yield _line(f"an {role}", f"{phone.removeprefix('+86')}, then {url}/admin/")


def _line(name: str, told: str) -> str:
    return f"  {name.replace('_', ' '):{LEFT_WIDTH}}{told}"
