"""The admin's rooms of numbers: what happened to them, and logins given back by two persons."""

from wallet.numbers.admin.logins import LoginChangeAdmin
from wallet.numbers.admin.numbers import NumberAdmin, NumberEventAdmin

__all__ = ["LoginChangeAdmin", "NumberAdmin", "NumberEventAdmin"]
