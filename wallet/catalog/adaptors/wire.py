"""TMF620 and TMF622 v4 on the wire: the names both ends agree on."""

from typing import Final

from ledger.rules import AMOUNT_MAX
from wallet.carriers.adaptors.contract import LineKind
from wallet.carriers.adaptors.wire import Unreadable, member, text_at

BASE_PATH: Final = "/tmf-api"
OFFERING_PATH: Final = "/productCatalogManagement/v4/productOffering"
ORDER_PATH: Final = "/productOrderingManagement/v4/productOrder"
COUNT_MAX: Final = 1_000_000

#: What an order's item does, and the action TMF622 has for it.
DELIVERY: Final = "Delivery"
COLLECTION: Final = "Collection"
RETURN: Final = "Return"
ACTIONS: Final = {DELIVERY: "add", COLLECTION: "delete", RETURN: "add"}
LINE_KINDS: Final = {
    DELIVERY: LineKind.DELIVERED,
    COLLECTION: LineKind.DEDUCTED,
    RETURN: LineKind.RESTORED,
}
#: Prices: what one of an offering costs, or what is paid for it.
ONE_TIME: Final = "oneTime"
PAYOUT: Final = "payout"


def item(*, offering: str, count: int, does: str) -> dict[str, object]:
    """Write the one item of an order."""
    return {
        "id": "1",
        "@type": does,
        "action": ACTIONS[does],
        "quantity": count,
        "productOffering": {"id": offering},
    }


def customer(*, msisdn: str) -> list[dict[str, object]]:
    """Write whom an order is for."""
    return [{"id": msisdn, "role": "customer", "@referredType": "MSISDN"}]


def whole(value: object, *, most: int = AMOUNT_MAX) -> int:
    """Read a whole number from 1 on.

    Raises:
        Unreadable: it is none, or more than there can be.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise Unreadable("A whole number from 1 on was expected.")
    return value


def item_in(record: object) -> tuple[str, int, str]:
    """Read an order's one item: the offering, how many, and what is done with them.

    Raises:
        Unreadable: it has none, or several.
    """
    items = member(record, "productOrderItem")
    if not isinstance(items, list) or len(items) != 1:
        raise Unreadable("An order has one item.")
    does = text_at(items[0], "@type")
    if ACTIONS.get(does) != member(items[0], "action"):
        raise Unreadable("The item's action is none of an order's.")
    count = whole(member(items[0], "quantity"), most=COUNT_MAX)
    return text_at(items[0], "productOffering", "id"), count, does
