"""Addresses of numbers."""

from django.urls import URLPattern, URLResolver, path

from wallet.numbers import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("numbers/codes", api.AskCode.as_view(), name="api_number_codes"),
    path("numbers/codes/<str:code>", api.AddNumber.as_view(), name="api_number_add"),
    path("numbers/history", api.History.as_view(), name="api_number_history"),
    path("numbers/<str:id>/carrier", api.Port.as_view(), name="api_number_carrier"),
    path("numbers/<str:id>/login", api.Login.as_view(), name="api_number_login"),
    path("numbers/<str:id>/release", api.Release.as_view(), name="api_number_release"),
    path("numbers/<str:id>/disown", api.Disown.as_view(), name="api_number_disown"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("numbers/", pages.numbers, name="numbers"),
    path("numbers/add/", pages.add, name="number_add"),
    path("numbers/codes/<str:code_id>/", pages.code, name="number_code"),
    path("numbers/<str:number_id>/carrier/", pages.carrier, name="number_carrier"),
    path("numbers/<str:number_id>/login/", pages.login, name="number_login"),
    path("numbers/<str:number_id>/release/", pages.release, name="number_release"),
    path("numbers/<str:number_id>/disown/", pages.disown, name="number_disown"),
]
