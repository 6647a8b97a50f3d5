"""Addresses of the doors of conversions and deliveries."""

from django.urls import URLPattern, URLResolver, path

from wallet.convert import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("conversions", api.Conversions.as_view(), name="api_conversions"),
    path("conversions/<str:conversion_id>", api.OneConversion.as_view(), name="api_conversion"),
    path("deliveries", api.Deliveries.as_view(), name="api_deliveries"),
    path("deliveries/<str:delivery_id>", api.OneDelivery.as_view(), name="api_delivery"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("convert/", pages.convert, name="convert"),
    path("convert/carrier/", pages.carrier_hint, name="carrier_hint"),
    path("conversions/<str:conversion_id>/", pages.conversion, name="conversion"),
    path("deliver/", pages.deliver, name="deliver"),
    path("deliveries/<str:delivery_id>/", pages.delivery, name="delivery"),
]
