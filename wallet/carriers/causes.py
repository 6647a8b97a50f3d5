"""What an auditor is told of accounts that are nobody's own: carriers', issuers', the system's."""

from collections.abc import Mapping
from uuid import UUID

from ledger.registry import Cause
from wallet.carriers.models import Carrier, Instruction

_CARRIER = {
    "deposited": "own data that subscribers handed over, moved only by the carrier's proof",
    "delivered": "data and vouchers that the carrier proved delivered",
    "bought": "own data that subscribers saved as coins",
    "replaced": "data given anew, for a delivery that failed after its month",
    "payable": "coins turned into data: owed to the carrier until it is cleared",
    "cost": "what issuers pay the carrier for redeemed coins, in fen",
}
_ISSUER = {
    "": "coins given out against paid orders; the balance below zero is what is owed",
    "revenue": "what sponsors paid or owe for coins, in fen",
}
_SYSTEM = {
    "sold": "own data becomes bought data here, when it is traded or given",
    "rolled": "deposited own data that a month's end rolled over",
    "vouchers": "vouchers made from what a month's end rolled over",
    "left": "coins that closed wallets gave up, until their issuers take them back",
    "expired": "what was left over past its month",
}
_FEES = "fees of trades in this carrier's books, taken by the close"


def cause_of_carrier(address: str) -> Cause | None:
    """Return what an account of a carrier is for: `carrier/CT/deposited`."""
    _, code, *account = address.split("/")
    return _cause(code, account="/".join(account), meaning=_CARRIER.get("/".join(account)))


def cause_of_issuer(address: str) -> Cause | None:
    """Return what an account of an issuer of coins is for: `issuer/CT`, `issuer/CT/revenue`."""
    _, code, *account = address.split("/")
    return _cause(code, account="issuer", meaning=_ISSUER.get("/".join(account)))


def cause_of_fees(address: str) -> Cause | None:
    """Return what `fees/CT` is for."""
    return _cause(address.split("/")[1], account="fees", meaning=_FEES)


def cause_of_system(address: str) -> Cause | None:
    """Return what an account of the system is for: `system/sold`."""
    account = address.partition("/")[2]
    if account not in _SYSTEM:
        return None
    return Cause(title=f"System: {account}", facts={"what": _SYSTEM[account]})


def _cause(code: str, *, account: str, meaning: str | None) -> Cause | None:
    carrier = Carrier.objects.filter(pk=code).first()
    if carrier is None:
        return None
    return Cause(
        title=f"{carrier.name_en}: {account}",
        facts={"what": meaning} if meaning else {},
        url=f"/admin/wallet/carrier/{code}/change/",
    )


def personal_of_instruction(instruction: UUID) -> Mapping[str, str] | None:
    """Return the whole number that an instruction is about."""
    found = Instruction.objects.filter(pk=instruction).first()
    return None if found is None else {"number": found.msisdn}
