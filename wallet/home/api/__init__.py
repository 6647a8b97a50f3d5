"""JSON: my accounts in time, and what moved in them."""

from wallet.home.api.statement import MyStatement
from wallet.home.api.transactions import MyTransactions

__all__ = ["MyStatement", "MyTransactions"]
