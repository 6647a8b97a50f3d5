"""The signature on a request to a gateway: who asks, when, once, and for exactly this."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

SCHEME = "FC1-HMAC-SHA256"


def authorization(
    *, key_id: str, secret: str, method: str, path: str, body: bytes, nonce: str, now: datetime
) -> str:
    """Return the Authorization header of a request.

    HMAC-SHA256 with the secret over method, path, time (UTC, seconds), nonce and the body's
    SHA-256, each on a line of its own: whoever checks it refuses an old time or a nonce seen.
    """
    time = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    lines = (method, path, time, nonce, hashlib.sha256(body).hexdigest())
    digest = hmac.digest(secret.encode(), "\n".join(lines).encode(), "sha256")
    signature = base64.b64encode(digest).decode()
    return f"{SCHEME} key={key_id}, time={time}, nonce={nonce}, signature={signature}"
