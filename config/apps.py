"""Where the apps are told of each other: registrations happen when all are loaded."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The wiring itself, as an app: its commands, templates and registrations."""

    name = "config"
    verbose_name = "Configuration"

    def ready(self) -> None:
        """Tell the ledger and the pages what every app brings."""
        from django.contrib.auth.signals import user_logged_in

        # Without it a door's nudge would go to Celery's default broker, which nobody runs.
        import config.celery  # noqa: F401
        from config.names import name_tables_and_columns
        from config.registrations import register
        from config.words import register_words
        from wallet.notify.pages import note_signed_in

        register()
        register_words()
        name_tables_and_columns()
        user_logged_in.connect(note_signed_in, dispatch_uid="note_signed_in")
