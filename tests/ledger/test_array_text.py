"""Values go to the database as the text of an array, and come back as they were."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection

from ledger.rules import array_of_texts, array_text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ((1, -2, None), "bigint"),
        (("", "NULL", 'a "b" \\ {c},d', " 流量 "), "text"),
        ((UUID(int=7), None), "uuid"),
        ((datetime(2026, 11, 16, 10, 30, 0, 7, tzinfo=UTC), None), "timestamptz"),
        ((), "text"),
    ],
)
def test_an_arrays_text_is_read_as_its_values(values: tuple[object, ...], kind: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[]", [array_text(values)])
        assert cursor.fetchone()[0] == list(values)


@pytest.mark.parametrize(
    "texts", [(), ("",), ("a b", "流量", "NULL"), ('{"gift": "x"}', "y"), ("\\", '","', "'")]
)
def test_texts_come_back_as_they_were(texts: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [array_of_texts(texts)])
        assert cursor.fetchone()[0] == list(texts)
