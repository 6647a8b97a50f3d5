"""What a text that an auditor typed may name: the one place that knows every kind of id."""

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext as _

from ledger.audit.queries.search import transaction_found
from ledger.models import Transaction
from ledger.registry import Finder, Found, cause_of, register_finder
from wallet.carriers.models import Break, Instruction
from wallet.holders.causes import is_phone, people_with_phone
from wallet.holders.models import Number
from wallet.holders.rules import id_in
from wallet.rollover.models import Deposit

# Prefix of an id -> first word of the address where the thing keeps what is set aside.
KINDS = {
    "cmp": "campaign",
    "cnv": "conversion",
    "dlv": "delivery",
    "ern": "earning",
    "gft": "gift",
    "hld": "holder",
    "ord": "order",
    "pkt": "packet",
    "pur": "purchase",
    "spn": "sponsor",
    "tkb": "delivery",
}
BREAKS_SHOWN = 5


def register_finders() -> None:
    """Tell the auditor's search of phones, ids, and carriers' references."""
    register_finder("phone", Finder(find=people_with_phone, is_personal=is_phone))
    register_finder("id", Finder(find=found_by_id))
    register_finder("break", Finder(find=found_breaks))


def found_by_id(text: str) -> Iterator[Found]:
    """Return what an id names, as pages show it or as the books have it."""
    shown = id_in(text)
    if shown is not None:
        yield from _named(*shown)
        return
    try:
        thing = UUID(text)
    except ValueError:
        return
    for kind in dict.fromkeys(KINDS.values()):
        yield from _at(f"{kind}/{thing}")
    yield from _line(thing)
    yield from _instructed(thing)


def found_breaks(text: str) -> Iterator[Found]:
    """Return differences with carriers under a reference."""
    for row in Break.objects.filter(reference=text)[:BREAKS_SHOWN]:
        title = _("差异：%(what)s") % {"what": row}
        yield Found(title=title, url=f"/admin/wallet/break/{row.pk}/change/")


def _named(prefix: str, thing: UUID) -> Iterator[Found]:
    if prefix in KINDS:
        yield from _at(f"{KINDS[prefix]}/{thing}")
    elif prefix == "num":
        yield from _line(thing)
    elif prefix == "dep":
        yield from _instructed(thing)
    if prefix in {"dep", "trd", "txn"}:
        transaction = Transaction.objects.filter(pk=thing).first()
        if transaction is not None:
            yield transaction_found(transaction)


def _at(address: str) -> Iterator[Found]:
    if cause_of(address) is not None:
        yield Found(address=address)


def _line(number: UUID) -> Iterator[Found]:
    found = Number.objects.filter(pk=number).first()
    if found is not None:
        title = _("号码 %(number)s") % {"number": found}
        yield Found(title=title, address=f"line/{number}")


def _instructed(reference: UUID) -> Iterator[Found]:
    """Return what we asked of a carrier under a reference, which the carrier knows it by."""
    instruction = Instruction.objects.filter(pk=reference).first()
    if instruction is None:
        return
    for name, kind in (
        ("conversion", "conversion"),
        ("data_delivery", "delivery"),
        ("take_back", "delivery"),
        ("purchase", "purchase"),
    ):
        thing = getattr(instruction, name, None)
        if thing is not None:
            yield from _at(f"{kind}/{thing.pk}")
    for deposit in Deposit.objects.filter(instruction=instruction):
        url = f"/admin/wallet/deposit/{deposit.pk}/change/"
        said = {"mb": deposit.mb, "state": deposit.get_state_display()}
        yield Found(title=_("存入 %(mb)s MB：%(state)s") % said, url=url)
    yield Found(
        title=_("对 %(carrier)s 的请求：%(kind)s，%(state)s")
        % {
            "carrier": instruction.carrier_id,
            "kind": instruction.get_kind_display(),
            "state": instruction.get_state_display(),
        },
        url=f"/admin/wallet/instruction/{instruction.pk}/change/",
    )
