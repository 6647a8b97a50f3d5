"""Loosen the content policy for the two places whose packages need it, and nowhere else."""

from collections.abc import Callable

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse

# The admin's package evaluates expressions in attributes; the API's viewer styles inline.
LOOSENED = {
    "/admin/": {
        "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
    },
    "/api/v1/docs": {"script-src": [SELF], "style-src": [SELF, UNSAFE_INLINE]},
}


class LoosenedPolicy:
    """Add what a path's package needs to that path's policy; stands inside CSPMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the path's own policy."""
        response = self.get_response(request)
        for prefix, directives in LOOSENED.items():
            if request.path.startswith(prefix):
                response._csp_update = directives  # type: ignore[attr-defined]  # noqa: SLF001  csp's door
        return response
