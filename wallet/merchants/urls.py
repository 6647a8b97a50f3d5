"""Addresses of merchants' counters, their codes, and the scanner."""

from django.urls import URLPattern, URLResolver, path

from wallet.merchants import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("merchants", api.Merchants.as_view(), name="api_merchants"),
    path("merchants/<str:merchant>/codes", api.CounterCodes.as_view(), name="api_counter_codes"),
    path("counter-codes/<str:token>", api.ScannedCode.as_view(), name="api_counter_code"),
    path("counter-codes/<str:token>/claim", api.ClaimCode.as_view(), name="api_counter_claim"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("merchants/", pages.merchants, name="merchants"),
    path("merchants/<str:merchant_id>/", pages.counter, name="merchant_counter"),
    path("merchants/<str:merchant_id>/<str:code_id>/", pages.shown, name="merchant_code"),
    path("m/<str:token>/", pages.code_link, name="counter_link"),
    path("m/<str:token>/claim/", pages.claim, name="counter_claim"),
    path("m/<str:token>/phone/", pages.PhonePage.as_view(), name="counter_phone"),
    path("m/<str:token>/code/", pages.CodePage.as_view(), name="counter_code"),
    path("scan/", pages.scan, name="scan"),
]
