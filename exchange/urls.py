"""Collect the addresses of the exchange: pages at the site's root, the API under /api/v1/."""

from django.urls import URLPattern, URLResolver

from exchange.market import urls as market

pages: list[URLPattern | URLResolver] = [*market.page_urlpatterns]
api: list[URLPattern | URLResolver] = [*market.api_urlpatterns]
