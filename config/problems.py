"""Every error of the API as RFC 9457 problem+json; the site's own error pages beside it."""

import sys
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from psycopg import errors
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from config.health import is_of_another_release
from ledger.refusals import Refusal
from wallet.holders.idempotency import PROBLEM

MEDIA_TYPE = PROBLEM
API_ROOT = "/api/"
RETRY_AFTER_SECONDS = 30
# What a request meets where the database is ahead of its process, or behind it.
LACKING = (
    errors.UndefinedFunction,
    errors.UndefinedTable,
    errors.UndefinedColumn,
    errors.NotNullViolation,
    errors.InsufficientPrivilege,
)
TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict",
    410: "Gone",
    413: "Content too large",
    415: "Unsupported media type",
    422: "Unprocessable content",
    429: "Too many requests",
    500: "Server error",
    503: "Unavailable",
}


def problem(*, status: int, code: str, detail: str, **more: object) -> dict[str, object]:
    """Return the members of a problem; `code` is the stable one a program reads."""
    title = TITLES.get(status, "Error")
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }


def problem_response(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an exception of an API view; None leaves it to Django as a server error."""
    if isinstance(exc, Refusal):
        set_rollback()
        return _answer(
            problem(status=exc.status, code=exc.code, detail=exc.message, **_context(exc))
        )
    if isinstance(exc, DataError | OverflowError):
        # A number or a text that PostgreSQL cannot hold was sent by the caller.
        set_rollback()
        return _answer(
            problem(status=400, code="out_of_range", detail="A value is out of its range.")
        )
    if isinstance(exc, RequestDataTooBig):
        return _answer(problem(status=413, code="too_large", detail="The body is too large."))
    answered = exception_handler(exc, context)
    if answered is None:
        return None
    found = _problem_of(exc=_as_api_exception(exc), status=answered.status_code)
    headers = {
        name: answered[name] for name in ("WWW-Authenticate", "Retry-After") if name in answered
    }
    return _answer(found, headers=headers)


def _as_api_exception(exc: Exception) -> exceptions.APIException:
    if isinstance(exc, Http404):
        return exceptions.NotFound()
    if isinstance(exc, PermissionDenied):
        return exceptions.PermissionDenied()
    assert isinstance(exc, exceptions.APIException)
    return exc


def _problem_of(*, exc: exceptions.APIException, status: int) -> dict[str, object]:
    if isinstance(exc, exceptions.ValidationError):
        return problem(
            status=status,
            code="invalid",
            detail="The request has fields that cannot be read.",
            errors=_field_errors(exc.get_full_details()),
        )
    code = exc.get_codes()
    return problem(
        status=status,
        code=code if isinstance(code, str) else exc.default_code,
        detail=str(exc.detail),
    )


def _field_errors(details: Any, pointer: str = "") -> list[dict[str, str]]:
    """Flatten DRF's nested errors into pointer, code and sentence."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        return [{"pointer": pointer, "code": details["code"], "detail": str(details["message"])}]
    if isinstance(details, dict):
        return [
            error
            for name, nested in details.items()
            for error in _field_errors(nested, f"{pointer}/{name}")
        ]
    return [error for nested in details for error in _field_errors(nested, pointer)]


def _context(exc: Refusal) -> dict[str, object]:
    """Return the refusal's facts as JSON holds them; nothing replaces a problem's own member."""
    plain = int | str | bool | None
    facts = {
        name: value if isinstance(value, plain) else str(value)
        for name, value in exc.fields.items()
    }
    return {"context": facts} if facts else {}


def _answer(members: dict[str, object], headers: dict[str, str] | None = None) -> Response:
    status = members["status"]
    assert isinstance(status, int)
    return Response(members, status=status, content_type=MEDIA_TYPE, headers=headers)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django could not read."""
    return _page_or_problem(request, status=400, code="bad_request")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what the caller may not do."""
    return _page_or_problem(request, status=403, code="permission_denied")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address nobody has."""
    return _page_or_problem(request, status=404, code="not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours, saying nothing of its inside; during an upgrade, when to come back."""
    if not _is_being_upgraded(sys.exc_info()[1]):
        return _page_or_problem(request, status=500, code="server_error")
    answer = _page_or_problem(request, status=503, code="being_upgraded")
    answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def _is_being_upgraded(error: BaseException | None) -> bool:
    """Tell whether what the database lacks is lacking because it is of another release."""
    return any(isinstance(each, LACKING) for each in _chain(error)) and is_of_another_release()


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _page_or_problem(request: HttpRequest, *, status: int, code: str) -> HttpResponse:
    title = TITLES[status]
    if request.path.startswith(API_ROOT):
        return JsonResponse(
            problem(status=status, code=code, detail=f"{title}."),
            status=status,
            content_type=MEDIA_TYPE,
        )
    return render(request, "error.html", {"status": status, "title": title}, status=status)
