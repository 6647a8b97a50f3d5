"""The API speaks UTC (RFC 3339), whatever the pages' time zone is."""

from collections.abc import Callable
from datetime import UTC

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from config.problems import API_ROOT


class UtcForTheApi:
    """Write the API's times in UTC; pages keep Asia/Shanghai."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with UTC as the current time zone below the API's root."""
        if not request.path.startswith(API_ROOT):
            return self.get_response(request)
        with timezone.override(UTC):
            return self.get_response(request)
