"""The organisation somebody acts for at present: kept in the session."""

from django.http import HttpRequest

ACTING = "acting"
ACTING_NAME = "acting_name"


def acting_for(request: HttpRequest) -> str:
    """Return the opaque id of the organisation somebody acts for, or nothing.

    It says where pages lead, never what is allowed: each page asks for the role itself.
    """
    return str(request.session.get(ACTING, ""))


def act_for(request: HttpRequest, *, organisation: str, name: str) -> None:
    """Act for an organisation from now on; for oneself again if both are empty."""
    if not organisation:
        request.session.pop(ACTING, None)
        request.session.pop(ACTING_NAME, None)
        return
    request.session[ACTING] = organisation
    request.session[ACTING_NAME] = name
