"""What must always be true of invoices."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="invoices_resolve",
        title=_("每张账单就是当月账上的数，一分不差，一笔只进一张账单"),
        faults=(_("{line}：账上 {booked}，账单里 {invoiced}"),),
        sql=_SQL / "invoices_resolve_v1.sql",
    ),
    Proof(
        name="invoices_booked",
        title=_("每张账单按原样入账一次；此外没有别的入账"),
        faults=(_("账单 {invoice}，{address}：应入账 {expected}，账上 {booked}"),),
        sql=_SQL / "invoices_booked_v1.sql",
    ),
    Proof(
        name="issuers_still_owe",
        title=_("商户账单还给每个发行方的币，不多于它所欠的"),
        faults=(_("发行方 {issuer}，{month}：还给 {coins} 币，比所欠的多 {excess}"),),
        sql=_SQL / "issuers_still_owe_v1.sql",
    ),
)
