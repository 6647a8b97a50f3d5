"""What every template may know of the site."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Tell templates whether this is the demo, which shows its texts on a page."""
    return {"is_demo": settings.DEMO}
