"""Collect the addresses of the exchange: pages at the site's root, the API under /api/v1/."""

from django.urls import URLPattern, URLResolver

pages: list[URLPattern | URLResolver] = []
api: list[URLPattern | URLResolver] = []
