"""The clock that doors read, moved: what a market and a close do depends on the day and the hour."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from django.utils import timezone


@contextmanager
def doors_at(moment: datetime) -> Iterator[None]:
    """Have every door of this process read a clock that begins at this moment and goes on."""
    read, ahead = timezone.now, moment - timezone.now()
    with patch("django.utils.timezone.now", lambda: read() + ahead):
        yield
