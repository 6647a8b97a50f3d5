"""Addresses of the holders' doors."""

from django.urls import URLPattern, URLResolver, path

from wallet.holders import api

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("me", api.Me.as_view(), name="api_me"),
    path("balances", api.MyBalances.as_view(), name="api_balances"),
    path("requests/<str:key>", api.Asked.as_view(), name="api_request"),
]
page_urlpatterns: list[URLPattern | URLResolver] = []
