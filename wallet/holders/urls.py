"""Addresses of the holders' doors."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, path

from wallet.holders import api

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("me", api.Me.as_view(), name="api_me"),
    path("balances", api.MyBalances.as_view(), name="api_balances"),
    path("requests/<str:key>", api.Asked.as_view(), name="api_request"),
]
# Of the login package only what a phone and a code need: no passwords, no e-mail.
account_urlpatterns: list[URLPattern | URLResolver] = [
    path("account/login/", account.request_login_code, name="account_login"),
    path("account/login/", account.request_login_code, name="account_request_login_code"),
    path("account/login/code/", account.confirm_login_code, name="account_confirm_login_code"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [*account_urlpatterns]
