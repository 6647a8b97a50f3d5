"""Addresses of real names."""

from django.urls import URLPattern, URLResolver, path

from wallet.identity import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("identity-checks", api.Checks.as_view(), name="api_identity_checks"),
    path("me/limits", api.MyLimits.as_view(), name="api_limits"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("me/identity/", pages.identity, name="identity"),
]
