"""Addresses of the end of the service, as everybody is told of it."""

from django.urls import URLPattern, URLResolver, path

from wallet.winddown import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("ending", api.Ending.as_view(), name="api_ending"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("ending/", pages.ending, name="ending"),
]
