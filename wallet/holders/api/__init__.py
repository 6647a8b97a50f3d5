"""JSON: who I am, what I hold, what became of a request; fields and pages every folder's JSON has."""

from wallet.holders.api.asked import Asked
from wallet.holders.api.fields import AmountField, SwitchField, TextField, WholeField
from wallet.holders.api.lists import NewestFirst
from wallet.holders.api.me import Me, MyBalances

__all__ = [
    "AmountField",
    "Asked",
    "Me",
    "MyBalances",
    "NewestFirst",
    "SwitchField",
    "TextField",
    "WholeField",
]
