"""Addresses of carriers' month statements."""

from django.urls import URLPattern, URLResolver, path

from wallet.clearing import api, pages

_API = "offices/<str:carrier>/statements"
_PAGE = "office/<str:carrier>/statements"

api_urlpatterns: list[URLPattern | URLResolver] = [
    path(_API, api.Statements.as_view(), name="api_statements"),
    path(f"{_API}/<str:statement>", api.OneStatement.as_view(), name="api_statement"),
    path(
        f"{_API}/<str:statement>/confirm",
        api.ConfirmStatement.as_view(),
        name="api_confirm_statement",
    ),
    path(
        f"{_API}/<str:statement>/lines/<str:line>/confirm",
        api.ConfirmLine.as_view(),
        name="api_confirm_line",
    ),
    path(
        f"{_API}/<str:statement>/lines/<str:line>/dispute",
        api.DisputeLine.as_view(),
        name="api_dispute_line",
    ),
    path(
        f"{_API}/<str:statement>/lines/<str:line>/transactions",
        api.LineTransactions.as_view(),
        name="api_line_transactions",
    ),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{_PAGE}/", pages.statements, name="carrier_statements"),
    path(f"{_PAGE}/<str:name>/", pages.statement, name="carrier_statement"),
    path(f"{_PAGE}/<str:name>/statement.csv", pages.statement_csv, name="carrier_statement_csv"),
    path(f"{_PAGE}/<str:name>/confirm", pages.confirm, name="carrier_statement_confirm"),
    path(f"{_PAGE}/<str:name>/<str:line>/", pages.behind_line, name="carrier_statement_line"),
    path(f"{_PAGE}/<str:name>/<str:line>/dispute", pages.dispute, name="carrier_line_dispute"),
]
