"""Addresses of receipts."""

from django.urls import URLPattern, URLResolver, path

from wallet.receipts import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("transactions/<str:transaction>/receipt", api.Receipt.as_view(), name="api_receipt"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("receipts/verify_receipt.py", pages.verifier, name="receipt_verifier"),
    path("receipts/<str:transaction>/", pages.receipt, name="receipt"),
    path("receipts/<str:transaction>.json", pages.receipt_file, name="receipt_file"),
]
