"""Make the words of a message, in the language its person reads now."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from wallet.gateways.contract import Letter
from wallet.holders.models import Notice
from wallet.home.sentences import notice_page, notice_words
from wallet.notify.models import Channel, Message, Reach
from wallet.notify.queries import destination_of, language_of, reach_of
from wallet.notify.sentences import title_of
from wallet.notify.tokens import confirm_token, unsubscribe_token


def letter_of(message: Message) -> Letter:
    """Return what is handed to the gateway for a message."""
    reach = reach_of(message.holder)
    with translation.override(language_of(reach)):
        to = destination_of(message, reach=reach)
        if message.channel == Channel.TEXT:
            return _letter(message, reach, to=to, body=_text(message))
        if message.kind == "mail_confirm":
            return _letter(message, reach, to=to, body=_confirmation(reach))
        off = _unsubscribe_url(message)
        return _letter(message, reach, to=to, body=_mail(message, off=off), unsubscribe=off)


def _letter(message: Message, reach: Reach, *, to: str, body: str, unsubscribe: str = "") -> Letter:
    return Letter(
        reference=message.pk,
        to=to,
        kind=message.kind,
        language=language_of(reach),
        subject=gettext("流量币：%(title)s") % {"title": title_of(message.kind)},
        body=body,
        unsubscribe=unsubscribe,
    )


def _text(message: Message) -> str:
    facts = {"words": _words(message), "url": _page(message)}
    return gettext("【流量币】%(words)s %(url)s") % facts


def _mail(message: Message, *, off: str) -> str:
    lines = (
        _words(message),
        _page(message),
        gettext("不想再收到这一类邮件：%(url)s") % {"url": off},
        gettext("选择收哪些消息：%(url)s") % {"url": settings.PUBLIC_URL + reverse("notify")},
    )
    return "\n\n".join(lines)


def _confirmation(reach: Reach) -> str:
    token = confirm_token(holder=reach.pk, mail=reach.mail_asked)
    url = settings.PUBLIC_URL + reverse("notify_confirm", args=[token])
    asked = gettext("有人要用这个邮箱收流量币的消息。如果是您，请在一天内打开链接确认：")
    return f"{asked}\n\n{url}\n\n" + gettext("如果不是您，不用理会这封邮件。")


def _words(message: Message) -> str:
    return notice_words(_notice(message))


def _page(message: Message) -> str:
    return settings.PUBLIC_URL + (notice_page(_notice(message)) or reverse("inbox"))


def _notice(message: Message) -> Notice:
    return Notice(kind=message.kind, subject_id=message.subject_id, facts=message.facts)


def _unsubscribe_url(message: Message) -> str:
    token = unsubscribe_token(holder=message.holder_id, channel=message.channel, kind=message.kind)
    return settings.PUBLIC_URL + reverse("notify_off", args=[token])
