"""How the wallet's transactions are undone: what staff read who would reverse them by hand."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_BY_ITSELF = _("没有办成的会自动退回，要等对方的证明。")

# Kind → how it is undone; nothing where it is over and only an adjustment puts it right.
WAYS_BACK: Mapping[str, str | Promise] = {
    "clearing": _("由运营商逐行提出异议，在以后的清算里更正。"),
    "convert": _BY_ITSELF,
    "data_delivery": _BY_ITSELF,
    "deposit": _("由用户取回到号码上。"),
    "gift_send": _("由送的人撤回；没有人领的到期自动退回。"),
    "packet_send": _("没有抢完的到期自动退回。"),
    "points_in": _BY_ITSELF,
    "purchase": _BY_ITSELF,
    "take_back": _BY_ITSELF,
    "task_start": _("没有做完的到期自动退回赞助商的预算。"),
} | dict.fromkeys(
    (
        "coins_given_up",
        "convert_delivered",
        "convert_refunded",
        "data_delivery_done",
        "data_delivery_failed",
        "expire",
        "gift_cancel",
        "gift_claim",
        "gift_expire",
        "late_expire",
        "late_roll",
        "merchant_invoice",
        "number_left",
        "packet_claim",
        "packet_return",
        "points_in_paid",
        "points_in_returned",
        "purchase_delivered",
        "purchase_refunded",
        "refund_paid",
        "roll",
        "save_as_coins",
        "sponsor_invoice",
        "take_back_done",
        "take_back_failed",
        "task_lapse",
        "task_vest",
        "wallet_close",
        "wind_down_refund",
    ),
    "",
)
