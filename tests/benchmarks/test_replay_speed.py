"""How many lines of an order log a second the replay takes, on one core."""

import gc
import random
import time
from io import BytesIO, StringIO

from exchange.matching.rules import Matcher
from exchange.matching.rules.order_log import COLUMNS
from exchange.matching.rules.replay import replay
from tests.benchmarks.books import size

LINES = size(measured=100_000, tried=10_000)
BEST_OF = 3


def a_log(*, seed: int) -> bytes:
    """Make a day like a public order flow's: half new, most cancelled, some replaced."""
    chance = random.Random(seed)
    rows, live = [",".join(COLUMNS)], ["none"]
    for seq in range(LINES):
        kind = chance.random()
        price, lots = 33_800 + chance.randint(-400, 400), chance.randint(1, 100)
        if kind < 0.5:
            side = "B" if price < 33_800 + chance.randint(-60, 60) else "S"
            live.append(f"order{seq}")
            time_in_force = "IOC" if kind < 0.08 else ""
            rows.append(f"{seq},NEW,order{seq},{side},{price},{lots},{time_in_force},,")
        elif kind < 0.91:
            rows.append(f"{seq},CANCEL,{live[chance.randrange(len(live))]},,,,,,")
            live[:-200] = []
        else:
            order_id = live[chance.randrange(len(live))]
            rows.append(f"{seq},REPLACE,{order_id},,{price},{lots},,,")
    return "\n".join(rows).encode()


def test_lines_a_second() -> None:
    log = a_log(seed=1)
    took = []
    gc.disable()  # as the command does
    try:
        for _ in range(BEST_OF):
            begun = time.process_time()
            replay(source=BytesIO(log), sink=StringIO(), matcher=Matcher())
            took.append(time.process_time() - begun)
    finally:
        gc.enable()
    print(f"\nexchange_replay: {LINES / min(took):,.0f} lines/s")  # noqa: T201
