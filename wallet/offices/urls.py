"""Addresses of carriers' consoles."""

from django.urls import URLPattern, URLResolver, path

from wallet.offices import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("offices", api.Offices.as_view(), name="api_offices"),
    path("offices/<str:carrier>", api.OfficeWork.as_view(), name="api_office"),
    path(
        "offices/<str:carrier>/instructions",
        api.OfficeInstructions.as_view(),
        name="api_office_instructions",
    ),
    path("offices/<str:carrier>/breaks", api.OfficeBreaks.as_view(), name="api_office_breaks"),
    path(
        "offices/<str:carrier>/breaks/<str:found>/answers",
        api.AnswerBreak.as_view(),
        name="api_answer_break",
    ),
    path("offices/<str:carrier>/usage-files", api.Uploads.as_view(), name="api_usage_uploads"),
    path(
        "offices/<str:carrier>/usage-files/<str:upload>",
        api.OneUpload.as_view(),
        name="api_usage_upload",
    ),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("office/", pages.offices, name="offices"),
    path("office/<str:carrier>/", pages.office, name="office"),
    path("office/<str:carrier>/asked/", pages.instructions, name="office_instructions"),
    path("office/<str:carrier>/breaks/<str:found>", pages.said_of_break, name="office_break"),
    path("office/<str:carrier>/usage-files", pages.upload, name="usage_uploads"),
    path(
        "office/<str:carrier>/usage-files/<str:upload_id>/",
        pages.one_upload,
        name="usage_upload",
    ),
]
