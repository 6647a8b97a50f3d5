"""Writes of surveillance: look a log through, and decide what is done about an alert."""

from exchange.surveillance.operations.deciding import (
    AlertDecided,
    AlertReasonMissing,
    NoTradesToBust,
    act_on_alert,
    dismiss_alert,
    look_at_alert,
)
from exchange.surveillance.operations.watching import watch_book

__all__ = [
    "AlertDecided",
    "AlertReasonMissing",
    "NoTradesToBust",
    "act_on_alert",
    "dismiss_alert",
    "look_at_alert",
    "watch_book",
]
