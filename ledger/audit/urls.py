"""Addresses of the auditor's desk, below the admin's."""

from django.urls import URLPattern, URLResolver, path

from ledger.audit import pages

desk_urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", pages.search, name="audit_search"),
    path("people/<uuid:holder>/", pages.person, name="audit_person"),
    path("personal/<slug:kind>/<uuid:thing>/", pages.personal, name="audit_personal"),
    path("reason/<slug:kind>/<uuid:thing>/", pages.reason, name="audit_reason"),
    path("at/<path:address>/", pages.address, name="audit_address"),
    path("receipts/<uuid:transaction>.json", pages.receipt, name="audit_receipt"),
    path("trial/", pages.trial, name="audit_trial"),
]
