"""Addresses of what came after a month's close, as a carrier sees it."""

from django.urls import URLPattern, URLResolver, path

from wallet.corrections import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "offices/<str:carrier>/months/<str:month>/corrections",
        api.Corrections.as_view(),
        name="api_corrections",
    ),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "office/<str:carrier>/months/<str:month>/corrections/",
        pages.corrections,
        name="carrier_corrections",
    ),
]
