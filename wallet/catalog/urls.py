"""Addresses of the doors of the catalog."""

from django.urls import URLPattern, URLResolver, path

from wallet.catalog import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("catalog", api.Catalog.as_view(), name="api_catalog"),
    path("purchases", api.Purchases.as_view(), name="api_purchases"),
    path("purchases/<str:purchase_id>", api.OnePurchase.as_view(), name="api_purchase"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    # Below `convert/`, so that the tab of what coins become stays marked.
    path("convert/catalog/", pages.catalog, name="catalog"),
    path("convert/catalog/<str:product_id>/", pages.product, name="product"),
    path("purchases/<str:purchase_id>/", pages.purchase, name="purchase"),
]
