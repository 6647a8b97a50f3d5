"""What the API's description says of every address at once: problems, keys and who may ask."""

from typing import Any

from config.problems import MEDIA_TYPE, TITLES

METHODS = ("get", "post")
TEXT = {"type": "string"}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457. A program reads `code`, which stays; `detail` is a sentence.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "code": TEXT,
        "detail": TEXT,
        "context": {"type": "object", "description": "Facts of a refusal, by name."},
        "errors": {
            "type": "array",
            "description": "With code `invalid`: which fields, by JSON pointer.",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {"pointer": TEXT, "code": TEXT, "detail": TEXT},
            },
        },
    },
}
ASKED_WITH_KEY = {
    400: "The body cannot be read, a field is not what it should be (`invalid`), or the key is "
    "missing or no UUID (`idempotency_key_missing`, `idempotency_key_malformed`). "
    "The key stays free.",
    409: "What was asked cannot be done now; or the first request with this key is still under "
    "way (`request_in_flight`): ask again.",
    422: "What was asked can never be done; or the key was used for another request "
    "(`key_reused`).",
}
STATUSES = (400, 401, 403, 404, 409, 413, 415, 422, 429)
CONTENT = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
RESPONSES = {
    f"Problem{status}": {"description": f"{TITLES[status]}.", "content": CONTENT}
    for status in STATUSES
} | {
    f"KeyedProblem{status}": {"description": told, "content": CONTENT}
    for status, told in ASKED_WITH_KEY.items()
}
REPLAYED = {
    "Idempotent-Replayed": {
        "description": "`true` when this is the stored answer of an earlier request.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
SESSION = (
    "The session of a person who logged in. A POST also sends the header X-CSRFToken with the "
    "value of the cookie csrftoken, and over HTTPS a Referer of this site."
)


def with_problems(*, result: dict[str, Any], **asked: object) -> dict[str, Any]:
    """Add to each operation the problems it may answer with."""
    components = result["components"]
    components["schemas"]["Problem"] = PROBLEM
    components["responses"] = RESPONSES
    for scheme in components["securitySchemes"].values():
        scheme["description"] = SESSION
    for path, methods in result["paths"].items():
        for method in METHODS:
            if method in methods:
                _describe(methods[method], method=method, has_id="{" in path)
    return result


def _describe(operation: dict[str, Any], *, method: str, has_id: bool) -> None:
    names = {parameter["name"] for parameter in operation.get("parameters", ())}
    has_key = "Idempotency-Key" in names
    if has_key:
        for answer in operation["responses"].values():
            answer["headers"] = REPLAYED
    for status in _statuses(method=method, names=names, has_id=has_id):
        name = f"{'Keyed' if has_key and status in ASKED_WITH_KEY else ''}Problem{status}"
        operation["responses"][str(status)] = {"$ref": f"#/components/responses/{name}"}


def _statuses(*, method: str, names: set[str], has_id: bool) -> list[int]:
    """Return the statuses of the problems an operation may answer with."""
    is_signed = "webhook-signature" in names
    found = {401} if is_signed else {403}
    if method == "post":
        found |= {400, 404, 409, 413, 415, 422, 429}
    if has_id or "cursor" in names:
        found |= {404}
    if "key" in names:
        found |= {400}
    if "token" in names:
        found |= {429}
    return sorted(found)
