"""An account's id is the same wherever it is computed."""

from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ledger.rules import account_id

NAMES = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]))


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=20))
@example([("holder/流量", "COIN"), ("\\x41", "\\134"), ("a\\", "\\b"), ("'", "\x1f"), ("", "")])
def test_database_hashes_as_python_does(db: None, pairs: list[tuple[str, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_account_id_v1(u.address, u.asset), ledger_account_id_v2(u.address, u.asset)"
            " FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS u (address, asset, place)"
            " ORDER BY u.place",
            [[address for address, _ in pairs], [asset for _, asset in pairs]],
        )
        found = cursor.fetchall()
    ids = [account_id(address=address, asset=asset) for address, asset in pairs]
    assert found == [(one, one) for one in ids]
