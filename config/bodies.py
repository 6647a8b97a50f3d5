"""What the API reads: one JSON object in UTF-8, of a size and depth that have a limit."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import JSONParser

NESTING_MAX = 16


class JsonBody(JSONParser):
    """Read a body that every later reader, and PostgreSQL, can hold.

    Whatever charset is named, JSON between systems is UTF-8 (RFC 8259).
    """

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the object.

        Raises:
            RequestDataTooBig: it is larger than DATA_UPLOAD_MAX_MEMORY_SIZE (bytes).
            ParseError: it is not JSON, is nested too deeply or holds half a character.
            ValidationError: it is JSON, but not an object.
        """
        size_max = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(size_max + 1)
        if len(body) > size_max:
            raise RequestDataTooBig
        try:
            found = json.loads(body.decode(), parse_constant=_no_number)
            _check(found, left=NESTING_MAX)
        except (ValueError, RecursionError) as error:
            raise ParseError("The body is not JSON that can be read.") from error
        if not isinstance(found, dict):
            raise ValidationError("The body is not a JSON object.")
        return found


def _no_number(name: str) -> None:
    raise ValueError(name)


def _check(value: object, *, left: int) -> None:
    """Walk through a value.

    Raises:
        ValueError: it is nested more deeply than is left, or a text in it is no Unicode text.
    """
    if left < 0:
        raise ValueError("too deep")
    if isinstance(value, str):
        value.encode()  # refuses half of a surrogate pair
    elif isinstance(value, dict):
        for name, nested in value.items():
            _check(name, left=left)
            _check(nested, left=left - 1)
    elif isinstance(value, list):
        for nested in value:
            _check(nested, left=left - 1)
