"""The proof of the checkpoints."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

PROOFS = (
    Proof(
        name="checkpoints_recomputed",
        title=_("每个检查点都是它的分录之和"),
        faults=(_("{account} 在 {month} 分录 {entry} 处的检查点，不等于分录之和"),),
        sql=Path(__file__).parent / "sql" / "checkpoints_recomputed_v2.sql",
    ),
)
