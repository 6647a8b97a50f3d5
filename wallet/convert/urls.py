"""Addresses of the doors of conversions and deliveries."""

from django.urls import URLPattern, URLResolver, path

from wallet.convert import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("carriers", api.Carriers.as_view(), name="api_carriers"),
    path("carriers/<str:carrier>/wait", api.JoinWait.as_view(), name="api_carrier_wait"),
    path("carriers/<str:carrier>/leave", api.LeaveWait.as_view(), name="api_carrier_leave"),
    path("conversions", api.Conversions.as_view(), name="api_conversions"),
    path("conversions/<str:conversion_id>", api.OneConversion.as_view(), name="api_conversion"),
    path("deliveries", api.Deliveries.as_view(), name="api_deliveries"),
    path("deliveries/<str:delivery_id>", api.OneDelivery.as_view(), name="api_delivery"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("convert/", pages.convert, name="convert"),
    path("convert/wait/", pages.join, name="carrier_wait"),
    path("convert/leave/", pages.leave, name="carrier_leave"),
    path("convert/carrier/", pages.carrier_hint, name="carrier_hint"),
    path("conversions/<str:conversion_id>/", pages.conversion, name="conversion"),
    path("deliver/", pages.deliver, name="deliver"),
    path("deliveries/<str:delivery_id>/", pages.delivery, name="delivery"),
]
