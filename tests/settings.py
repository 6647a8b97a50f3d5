"""The project's settings, after the servers of this test run were started."""

from config.catalogs import compile_catalogs
from tests import servers

compile_catalogs()
servers.start_servers()

from config.settings import *  # noqa: E402, F403  they read the servers' addresses

# The real one is slow on purpose; tests sign in hundreds of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
