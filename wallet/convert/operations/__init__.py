"""Turn coins into data, deliver data, and post what the carriers decided."""

from wallet.convert.operations.convert import (
    CarrierDoesNotSell,
    CarrierUnknown,
    convert_coins,
)
from wallet.convert.operations.deliver import (
    Bought,
    NotDeliverable,
    WrongCarrier,
    deliver_bought,
    deliver_data,
)
from wallet.convert.operations.home import send_everything_home
from wallet.convert.operations.settle import settle_conversions, settle_data_deliveries
from wallet.convert.operations.waiting import (
    CarrierSells,
    join_waiting_list,
    leave_waiting_list,
    tell_who_waited,
)

__all__ = [
    "Bought",
    "CarrierDoesNotSell",
    "CarrierSells",
    "CarrierUnknown",
    "NotDeliverable",
    "WrongCarrier",
    "convert_coins",
    "deliver_bought",
    "deliver_data",
    "join_waiting_list",
    "leave_waiting_list",
    "send_everything_home",
    "settle_conversions",
    "settle_data_deliveries",
    "tell_who_waited",
]
