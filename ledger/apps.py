"""Tell Django of the app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The ledger."""

    name = "ledger"
    verbose_name = "Ledger"
