"""The project's settings, after the servers of this test run were started."""

import os

from config.catalogs import compile_catalogs
from tests import servers

compile_catalogs()
servers.start_servers()

from config.settings import *  # noqa: E402, F403  they read the servers' addresses

# The real one is slow on purpose; tests sign in hundreds of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Each client of a test loads the middleware anew.
MIDDLEWARE = [
    "tests.static.ScannedOnce" if name.endswith(".WhiteNoiseMiddleware") else name
    for name in MIDDLEWARE  # noqa: F405
]

# A worker's tests empty their cache: never another worker's, nor what the broker holds.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
CACHES["default"]["LOCATION"] = f"{REDIS_URL.removesuffix('/0')}/{1 + _WORKER % 7}"  # noqa: F405

# The demo's verifier: no test asks a real one.
IDENTITY_VERIFIER = "wallet.identity.verifier.SimulatedVerifier"
