"""What must always be true of refund lists."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

PROOFS = (
    Proof(
        name="cash_refunds",
        title=_("退款清单等于退回发行方的币，也等于已付的款"),
        faults=(
            _("{address}（{posting}）：清单上 {listed}，账上 {booked}"),
            _("{address}：清单上已付 {paid} 分，账上 {booked}"),
        ),
        sql=Path(__file__).parent / "sql" / "refunds_v1.sql",
    ),
)
