"""Addresses of sponsors' and merchants' invoices."""

from django.urls import URLPattern, URLResolver, path

from wallet.invoices import api, pages

_API = "organisations/<str:organisation>/invoices"
_PAGE = "organisations/<str:organisation>/invoices"

api_urlpatterns: list[URLPattern | URLResolver] = [
    path(_API, api.Invoices.as_view(), name="api_invoices"),
    path(f"{_API}/<str:invoice>", api.OneInvoice.as_view(), name="api_invoice"),
    path(
        f"{_API}/<str:invoice>/lines/<str:line>/transactions",
        api.InvoiceTransactions.as_view(),
        name="api_invoice_transactions",
    ),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("invoices/<str:name>/", pages.lead_to_invoice, name="own_invoice"),
    path(f"{_PAGE}/", pages.invoices, name="invoices"),
    path(f"{_PAGE}/<str:name>/", pages.invoice, name="invoice"),
    path(f"{_PAGE}/<str:name>/invoice.csv", pages.invoice_csv, name="invoice_csv"),
    path(f"{_PAGE}/<str:name>/invoice.pdf", pages.invoice_pdf, name="invoice_pdf"),
    path(f"{_PAGE}/<str:name>/<str:line>/", pages.behind_line, name="invoice_line"),
]
