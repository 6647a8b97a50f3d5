"""The parts of the market's pages that everybody sees alike: drawn once a batch and language."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from exchange.market.pages.charts import depth_chart, price_chart
from exchange.market.pages.words import PHASES, next_step, priced
from exchange.market.rules import Snapshot

#: Which parts a page shows; a form is a page's name and a language: `full.en`.
PARTS = {
    "cards": ("card",),
    "simple": ("phase", "now"),
    "full": ("phase", "now", "ladder", "depth", "price", "candles", "trades"),
}


def form_of(page: str) -> str:
    """Return the form of a page in the reader's language."""
    return f"{page}.{translation.get_language()}"


def parts_of(snapshot: Snapshot, *, form: str) -> dict[str, str]:
    """Return a page's parts as HTML, by name, in the form's language."""
    page, language = form.split(".")
    with translation.override(language):
        context = context_of(snapshot)
        return {
            name: render_to_string(f"exchange/live/{name}.html", context) for name in PARTS[page]
        }


def context_of(snapshot: Snapshot) -> dict[str, Any]:
    """Return what the templates of the parts are told."""
    return {
        "snapshot": snapshot,
        "ticker": snapshot.ticker,
        "phase": PHASES[snapshot.phase],
        "next": next_step(snapshot),
        "asks": _with_sums(priced(snapshot.asks, lot_mb=snapshot.lot_mb)),
        "bids": _with_sums(priced(snapshot.bids, lot_mb=snapshot.lot_mb)),
        "price_chart": price_chart(snapshot.candles),
        "depth_chart": depth_chart(snapshot.bids, snapshot.asks),
    }


def _with_sums(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add to each price the lots at it and at all better ones."""
    added = 0
    for row in rows:
        added += row["level"].lots
        row["sum"] = added
    return rows
