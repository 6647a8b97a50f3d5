"""Addresses of the pages that show all families together."""

from django.urls import URLPattern, URLResolver, path

from wallet.home import api, pages

page_urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("history/", pages.history, name="history"),
    path("history.csv", pages.history_csv, name="history_csv"),
    path("inbox/", pages.inbox, name="inbox"),
    path("me/", pages.me, name="me"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("demo/inbox/", pages.demo_inbox, name="demo_inbox"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("statement", api.MyStatement.as_view(), name="api_statement"),
    path("transactions", api.MyTransactions.as_view(), name="api_transactions"),
]
