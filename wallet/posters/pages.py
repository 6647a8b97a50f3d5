"""Pictures of a link, answered to a browser: a code alone, or a whole poster."""

from io import BytesIO

import segno
from django.http import HttpResponse
from django.utils.cache import patch_cache_control

from wallet.posters.rules import Poster, drawn

POSTER_KEPT_SECONDS = 3600


def qr_answer(link: str) -> HttpResponse:
    """Answer with a link as a QR code, to be pressed long or shown as a card's picture."""
    image = BytesIO()
    segno.make(link).save(image, kind="png", scale=10, border=4)
    return HttpResponse(image.getvalue(), content_type="image/png")


def poster_answer(poster: Poster) -> HttpResponse:
    """Answer with a poster, which a browser may keep for an hour."""
    answer = HttpResponse(drawn(poster), content_type="image/png")
    patch_cache_control(answer, private=True, max_age=POSTER_KEPT_SECONDS)
    return answer
