"""Pages of an API list: by cursor, so that a row that arrives moves nothing."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Newest first, by `created_at` and id; a view with another order names its own."""

    ordering = ("-created_at", "-id")
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
