"""Addresses of organisations and their members."""

from django.urls import URLPattern, URLResolver, path

from wallet.organisations import api, pages

_ONE = "organisations/<str:organisation>"

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("organisations", api.Organisations.as_view(), name="api_organisations"),
    path(f"{_ONE}/members", api.Members.as_view(), name="api_members"),
    path(f"{_ONE}/invitations", api.Invite.as_view(), name="api_invite"),
    path(f"{_ONE}/members/<str:member>/role", api.ChangeRole.as_view(), name="api_role"),
    path(f"{_ONE}/members/<str:member>/remove", api.Remove.as_view(), name="api_remove_member"),
    path("invitations/<str:invitation>/accept", api.Accept.as_view(), name="api_accept"),
    path("invitations/<str:invitation>/end", api.End.as_view(), name="api_end_invitation"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("organisations/", pages.organisations, name="organisations"),
    path("organisations/act/", pages.act, name="act"),
    path("organisations/<str:organisation_id>/", pages.organisation, name="organisation"),
    path(
        "organisations/<str:organisation_id>/members/<str:member_id>/",
        pages.member,
        name="member",
    ),
    path("invitations/<str:invitation_id>/", pages.answer, name="invitation"),
]
