"""Addresses of cases."""

from django.urls import URLPattern, URLResolver, path

from wallet.cases import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("cases", api.Cases.as_view(), name="api_cases"),
    path("cases/<str:id>", api.OneCase.as_view(), name="api_case"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("cases/", pages.cases, name="cases"),
    path("cases/new/<str:entry>/", pages.new_case, name="case_new"),
    path("cases/<str:name>/", pages.case, name="case"),
]
