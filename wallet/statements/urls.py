"""Addresses of subscribers' month statements."""

from django.urls import URLPattern, URLResolver, path

from wallet.statements import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("statements/<str:month>", api.MonthOfMine.as_view(), name="api_month_statement"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("statements/", pages.months, name="statements"),
    path("statements/<str:month>/", pages.month, name="month_statement"),
    path("statements/<str:month>.csv", pages.month_csv, name="month_statement_csv"),
    path("statements/<str:month>.pdf", pages.month_pdf, name="month_statement_pdf"),
]
