"""Addresses of what people are told."""

from django.urls import URLPattern, URLResolver, path

from wallet.notify import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("notices", api.Notices.as_view(), name="api_notices"),
    path("notices/read", api.ReadNotices.as_view(), name="api_notices_read"),
    path("notify", api.MyWishes.as_view(), name="api_notify"),
    path("notify/choices", api.Choices.as_view(), name="api_notify_choices"),
    path("notify/mail", api.MyMail.as_view(), name="api_notify_mail"),
    path("notify/mail/forget", api.ForgetMail.as_view(), name="api_notify_mail_forget"),
    path("notify/language", api.MyLanguage.as_view(), name="api_notify_language"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("notify/", pages.wishes, name="notify"),
    path("notify/mail/", pages.ask_mail, name="notify_mail"),
    path("notify/mail/forget/", pages.drop_mail, name="notify_mail_forget"),
    path("notify/confirm/<str:token>/", pages.confirm, name="notify_confirm"),
    path("notify/off/<str:token>/", pages.off, name="notify_off"),
    path("i18n/setlang/", pages.set_language, name="set_language"),
    path("demo/outbox/", pages.demo_outbox, name="demo_outbox"),
]
