"""From when on something is worth a look: policy's numbers, and the book's own terms."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Every number below that policy keeps, under this name with `watch.` before it.
POLICIES = (
    "wash_minutes",
    "wash_rounds_min",
    "wash_gap_coins_max",
    "wash_net_percent_max",
    "wash_share_percent_min",
    "arranged_seconds",
    "arranged_off_percent_min",
    "layers_min",
    "layer_minutes",
    "layer_seconds",
    "layer_ratio_min",
    "ramp_minutes",
    "ramp_orders_min",
    "ramp_percent_min",
    "ramp_share_percent_min",
    "ramp_close_minutes",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What makes trades, layers and ramps worth a look; percentages of moves are of the band."""

    # Washed: each round both ways, how much the sums may differ, and the part of all they trade.
    wash_minutes: int
    wash_rounds_min: int
    wash_gap_coins_max: int
    wash_net_percent_max: int
    wash_share_percent_min: int
    # Arranged: both orders within seconds, away from what others traded at.
    arranged_seconds: int
    arranged_off_percent_min: int
    # Layers: how many, how old at most, withdrawn how soon, and how large beside what was filled.
    layers_min: int
    layer_minutes: int
    layer_seconds: int
    layer_ratio_min: int
    # Ramps: orders that took, how far they moved the price, their part of the lots, and how long
    # before the closing call a move is a mark on its own.
    ramp_minutes: int
    ramp_orders_min: int
    ramp_percent_min: int
    ramp_share_percent_min: int
    ramp_close_minutes: int
    band_coins: int
    closing_call_at: datetime

    @property
    def wash_window(self) -> timedelta:
        """Return how long trades both ways are kept."""
        return timedelta(minutes=self.wash_minutes)

    @property
    def ramp_window(self) -> timedelta:
        """Return how long the trades of a ramp are kept."""
        return timedelta(minutes=self.ramp_minutes)

    @property
    def layer_life(self) -> timedelta:
        """Return how old a layer is at most."""
        return timedelta(minutes=self.layer_minutes)

    @property
    def lookback(self) -> timedelta:
        """Return how much of the log before an event can matter to it."""
        swift = timedelta(seconds=max(self.layer_seconds, self.arranged_seconds))
        # A meeting is beside what others traded at in the window before it; so is a ramp's price.
        return max(2 * self.wash_window, 3 * self.ramp_window, self.layer_life + 2 * swift)

    def is_move(self, coins: int, *, percent: int) -> bool:
        """Say whether a difference in price is this part of the band or more."""
        return coins * 100 >= self.band_coins * percent
