"""Where a purchase's coins are, and what its books must always show."""

from ledger.proofs.proofs import PROOFS as LEDGER_PROOFS
from ledger.proofs.queries import finding_of
from ledger.queries import coins_in
from wallet.catalog.models import Purchase
from wallet.catalog.proofs import PROOFS
from wallet.catalog.rules import held_at, merchant_payable
from wallet.holders.models import Holder, Notice
from wallet.holders.queries import main_of
from wallet.merchants.proofs import PROOFS as MERCHANTS_PROOFS
from wallet.merchants.rules import merchant_budget

# Applied, and then the line drops at once: nobody was told.
SILENT = ("--timeout-after-apply", "1", "--hang-ms", "0")


def broken_proofs() -> list[tuple[str, str]]:
    """Return what the proofs find broken: name and first case."""
    found = [finding_of(proof) for proof in (*LEDGER_PROOFS, *MERCHANTS_PROOFS, *PROOFS)]
    return [(one.name, one.first_broken) for one in found if not one.is_clean]


def places(row: Purchase) -> tuple[int, int, int, int]:
    """Return the coins with the holder, in the purchase, owed to the partner, in its budget."""
    row.refresh_from_db()
    merchant = row.product.partner.merchant_id
    return (
        coins_in(main_of(row.holder)),
        coins_in(held_at(row.pk)),
        coins_in(merchant_payable(merchant)),
        coins_in(merchant_budget(merchant)),
    )


def told(holder: Holder) -> list[tuple[str, object]]:
    """Return what the holder was told: kind and the partner's reason."""
    lines = Notice.objects.filter(holder=holder).order_by("at", "id")
    return [(line.kind, line.facts["reason"]) for line in lines]
