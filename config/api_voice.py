"""The API speaks UTC (RFC 3339) and English, whatever the pages' time zone and language are."""

from collections.abc import Callable
from datetime import UTC

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from config.problems import API_ROOT


class UtcAndEnglishForTheApi:
    """Write the API's times in UTC and its sentences in English; pages keep their own.

    A program reads codes; the sentences are for whoever writes the program.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with UTC and English as the current ones below the API's root."""
        if not request.path.startswith(API_ROOT):
            return self.get_response(request)
        with timezone.override(UTC), translation.override("en"):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", "en")
        return response
