"""What must always be true of red packets."""

from pathlib import Path

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="packets",
        title="Each red packet holds its shares that nobody opened, and an ended one nothing",
        sql=_SQL / "packets_v1.sql",
    ),
    Proof(
        name="packet_shares",
        title="Each opened share of a red packet was paid once, to whoever opened it",
        sql=_SQL / "packet_entries_v1.sql",
    ),
)
