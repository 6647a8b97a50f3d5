"""HTML for everybody: when the service ends, what to do before, what becomes of what is left."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
def ending(request: HttpRequest) -> HttpResponse:
    """Show whether the service ends, and how; templates know the wind-down that stands."""
    return render(request, "winddown/ending.html")
