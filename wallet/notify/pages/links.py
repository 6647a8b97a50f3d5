"""What links in e-mails lead to; opening one changes nothing, since mail programs open them all."""

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from wallet.notify.operations import (
    MailLinkInvalid,
    UnsubscribeLinkInvalid,
    confirm_mail,
    turn_off_by_link,
)
from wallet.notify.sentences import channel_words, title_of
from wallet.notify.tokens import address_in, unsubscription_in


@require_http_methods(["GET", "POST"])
@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show the address that is to be confirmed; a POST confirms it.

    Raises:
        MailLinkInvalid: the link confirms nothing.
    """
    if request.method == "POST":
        reach = confirm_mail(token=token, now=timezone.now())
        return render(request, "notify/confirm.html", {"mail": reach.mail, "is_done": True})
    return render(request, "notify/confirm.html", {"mail": _mail_in(token), "is_done": False})


@csrf_exempt  # a mail program's own button has no page of ours before it (RFC 8058)
@require_http_methods(["GET", "POST"])
@never_cache
def off(request: HttpRequest, token: str) -> HttpResponse:
    """Show what can be turned off; a POST turns it off, signed in or not.

    Raises:
        UnsubscribeLinkInvalid: the link is not one of ours.
    """
    context = _what(token)
    if request.method == "POST":
        is_whole_way = request.POST.get("what") == "all"
        turn_off_by_link(token=token, is_whole_way=is_whole_way, now=timezone.now())
        context |= {"is_done": True, "is_whole_way": is_whole_way}
    return render(request, "notify/off.html", context)


def _mail_in(token: str) -> str:
    try:
        return address_in(token)[1]
    except signing.BadSignature as error:
        raise MailLinkInvalid("This link confirms no address.") from error


def _what(token: str) -> dict[str, object]:
    try:
        _, channel, kind = unsubscription_in(token)
    except signing.BadSignature as error:
        raise UnsubscribeLinkInvalid("This link is not one of ours.") from error
    return {"title": title_of(kind), "channel": channel_words(channel)}
