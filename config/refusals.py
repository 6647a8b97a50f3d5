"""Show a refusal to a person: a page, or a fragment where htmx asked."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url

from ledger.refusals import Refusal


class RefusalPage:
    """Turn a Refusal raised by a page into a friendly answer with the refusal's status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the view does; a part of a page is never answered by the login page."""
        response = self.get_response(request)
        location = response.get("Location", "")
        if getattr(request, "htmx", False) and location.startswith(resolve_url(settings.LOGIN_URL)):
            # The whole page asks again, is sent to the login and comes back to where it was.
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal; anything else is left to Django."""
        if not isinstance(exception, Refusal):
            return None
        wanted = "refusal_fragment.html" if getattr(request, "htmx", False) else "refusal.html"
        return render(request, wanted, {"refusal": exception}, status=exception.status)
