"""Tell Django of the app."""

from django.apps import AppConfig


class WalletConfig(AppConfig):
    """The wallet."""

    name = "wallet"
    verbose_name = "Wallet"
