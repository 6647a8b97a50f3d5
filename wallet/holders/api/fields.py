"""Fields that take what they say and nothing that merely resembles it."""

from typing import Any

from rest_framework import serializers

from ledger.rules import AMOUNT_MAX


class WholeField(serializers.IntegerField):
    """A whole number, sent as one: not as text, not as 5.0, not as true."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class AmountField(WholeField):
    """A whole amount (coins, MB or fen) from 1 to 2⁶³ − 1."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=AMOUNT_MAX, **options)


class TextField(serializers.CharField):
    """A text, sent as one: not as a number."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class SwitchField(serializers.BooleanField):
    """A yes or no, sent as one: not as 1, not as "yes"."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the yes or no."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data
