"""What every template may know of the site."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from wallet.winddown.queries import live_wind_down


def site(request: HttpRequest) -> dict[str, object]:
    """Tell templates whether this is the demo, which shows its texts on a page, and what ends.

    The wind-down is read only where a template asks for it: an error's page reads nothing.
    """
    return {"is_demo": settings.DEMO, "ending": SimpleLazyObject(live_wind_down)}
