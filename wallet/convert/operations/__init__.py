"""Turn coins into data, deliver data, and post what the carriers decided."""

from wallet.convert.operations.convert import (
    CarrierDoesNotSell,
    CarrierUnknown,
    convert_coins,
)
from wallet.convert.operations.deliver import NotDeliverable, WrongCarrier, deliver_data
from wallet.convert.operations.settle import settle_conversions, settle_data_deliveries

__all__ = [
    "CarrierDoesNotSell",
    "CarrierUnknown",
    "NotDeliverable",
    "WrongCarrier",
    "convert_coins",
    "deliver_data",
    "settle_conversions",
    "settle_data_deliveries",
]
