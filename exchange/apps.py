"""Tell Django of the app."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The exchange."""

    name = "exchange"
    verbose_name = "Exchange"
