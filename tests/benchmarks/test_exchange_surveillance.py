"""How many false alerts a large honest flow raises, and how fast the watch reads its log."""

import os
import time

from tests.exchange.surveillance.market import demo_flow, findings, placed

ORDERS = int(os.environ.get("BENCH_WATCHED", "2000"))
SEEDS = ("one", "two", "three", "four", "five")


def test_at_most_one_false_alert_in_ten_thousand_orders() -> None:
    orders = alerts = facts = 0
    seconds = 0.0
    for seed in SEEDS:
        markets, links = demo_flow(orders=ORDERS, seed=seed)
        begun = time.perf_counter()
        found = [one for market in markets for one in findings(market, links=links)]
        seconds += time.perf_counter() - begun
        orders, alerts = orders + placed(markets), alerts + len(found)
        facts += sum(len(market.facts) for market in markets)
    rate = f"{facts / seconds:,.0f} facts/s"
    print(f"\n{alerts} false alerts in {orders:,} orders; {rate}")  # noqa: T201
    assert alerts * 10_000 <= orders
