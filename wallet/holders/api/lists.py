"""Pages of a list: by a cursor of ours, so that a row that arrives moves nothing."""

from typing import Any
from urllib.parse import urlsplit

from django.core import signing
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param


class NewestFirst(CursorPagination):
    """Pages, the newest first; a list names the columns it is in the order of.

    A cursor is signed for its list: what anybody else wrote would reach the database as a
    moment or a number that is none.
    """

    ordering: tuple[str, ...]
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200

    def encode_cursor(self, cursor: Cursor) -> str:
        """Return the address of the page at a cursor."""
        text = signing.dumps(list(cursor), salt=self._list())
        return replace_query_param(self.base_url or "", self.cursor_query_param, text)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return the cursor the address names.

        Raises:
            NotFound: it is none of this list's.
        """
        text = request.query_params.get(self.cursor_query_param)
        if text is None:
            return None
        try:
            return Cursor(*signing.loads(text, salt=self._list()))
        except signing.BadSignature as error:
            raise NotFound(self.invalid_cursor_message) from error

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe a page: the first has none before it, the last none after it."""
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": address, "results": schema},
        }

    def _list(self) -> str:
        """Return which list is read."""
        return urlsplit(self.base_url or "").path
