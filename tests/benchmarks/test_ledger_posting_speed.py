"""Single postings of 8 clients, beside TPC-B of 8 clients on the same server."""

from collections.abc import Iterator

import pytest

from ledger.rules import month_of
from tests import servers
from tests.benchmarks import pgbench
from tests.benchmarks.books import ACCOUNTS, CAMPAIGN, a_big_ledger, interleaved, told
from tests.ledger.worlds import ISSUER

HOLDER = "'holder/00000000-0000-8000-8000-' || lpad(:{}::text, 12, '0') || '/main'"
SCRIPT = f"""
\\set a random(1, {ACCOUNTS})
\\set b 1 + (:a + random(0, {ACCOUNTS} - 2)) % {ACCOUNTS}
\\set n random(1, 9000000000000000000)
SELECT public.ledger_post_v2(md5(:n::text)::uuid, 'gift_send', '{{month}}', now(), 'bench',
    '{{{{"gift": "x"}}}}', NULL, ARRAY[{{source}}, {HOLDER.format("b")}],
    ARRAY['COIN', 'COIN'], ARRAY[-1, 1]);
"""


@pytest.fixture
def tpcb(own_database: str) -> Iterator[str]:
    """Yield the address of a database of TPC-B's own."""
    name = f"{own_database}_tpcb"
    servers.run_as_owner("CREATE DATABASE {}", name)
    url = servers.server_url(database=name)
    pgbench.make_tpcb(url=url)
    yield url
    servers.drop_database(name=name)


def test_single_postings(own_database: str, tpcb: str) -> None:
    month = month_of(a_big_ledger())
    ours = servers.application_url(database=own_database)

    def rate(source: str) -> float:
        return pgbench.rate_of(script=SCRIPT.format(month=month, source=source), url=ours)

    taken = interleaved(
        {
            "TPC-B": lambda: pgbench.rate_of_tpcb(url=tpcb),
            "single": lambda: rate(HOLDER.format("a")),
            "one system account": lambda: rate(f"'{ISSUER}'"),
            "one campaign": lambda: rate(f"'{CAMPAIGN}'"),
        }
    )
    ratios = {"single": "TPC-B", "one system account": "single", "one campaign": "single"}
    print(told(taken, unit="postings/s", ratios=ratios))  # noqa: T201
