"""Addresses of a sponsor's own pages."""

from django.urls import URLPattern, URLResolver, path

from wallet.sponsors import pages

page_urlpatterns: list[URLPattern | URLResolver] = [
    path("sponsor/", pages.sponsors, name="sponsor"),
    path("sponsor/<str:sponsor_id>/", pages.sponsor, name="sponsor_page"),
    path("sponsor/<str:sponsor_id>/secret", pages.rotate_secret, name="sponsor_secret"),
    path("sponsor/<str:sponsor_id>/campaigns/new", pages.campaign_new, name="campaign_new"),
]
api_urlpatterns: list[URLPattern | URLResolver] = []
