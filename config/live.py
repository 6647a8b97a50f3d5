"""The market's live stream, as an ASGI server loads it: it opens no database."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from exchange.market.live.application import Live  # noqa: E402  settings and apps come first

application = Live()
