"""Addresses of the end of a wallet."""

from django.urls import URLPattern, URLResolver, path

from wallet.closures import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("me/close", api.Close.as_view(), name="api_close"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("me/close/", pages.close, name="close"),
]
