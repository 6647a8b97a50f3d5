"""What to ask for at the doors of what people are told."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.api.world import World

BODIES: dict[str, Callable[["World"], dict[str, Any]]] = {
    "ask_for_mail": lambda _world: {"mail": "amei@example.org"},
    "choose_notices": lambda _world: {"channel": "text", "kind": "gift_waiting", "wanted": False},
    "keep_language": lambda _world: {"language": "en"},
}
