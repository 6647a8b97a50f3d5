"""The language a person reads: kept when it is changed, and taken up on another device."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views import i18n

from wallet.holders.models import Holder
from wallet.notify.operations import remember_language
from wallet.notify.queries import reach_of


def set_language(request: HttpRequest) -> HttpResponseBase:
    """Change the language of the pages, and keep it for what is sent to me."""
    answer = i18n.set_language(request)
    asked, holder = request.POST.get("language", ""), _holder(request)
    if request.method == "POST" and holder is not None:
        remember_language(holder=holder, language=asked)
    return answer


def note_signed_in(request: HttpRequest | None, **unused: Any) -> None:
    """Note that somebody signed in by this request."""
    if request is not None:
        request.META["flowcoin.signed_in"] = "yes"


class KeepLanguage:
    """After somebody signed in: keep the language this browser chose, or give it the one kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and see to the language if the answer signed somebody in."""
        response = self._get_response(request)
        holder = _holder(request) if "flowcoin.signed_in" in request.META else None
        if holder is None:
            return response
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if chosen:
            remember_language(holder=holder, language=chosen)
        elif kept := reach_of(holder).language:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                kept,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            )
        return response


def _holder(request: HttpRequest) -> Holder | None:
    return Holder.objects.filter(user=request.user.pk).first() if request.user.pk else None
