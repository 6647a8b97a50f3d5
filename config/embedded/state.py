"""What the running servers answer to, kept in a file only its owner reads."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

FILE = "state.json"


def _secret() -> str:
    return secrets.token_urlsafe(48)


@dataclass(slots=True, kw_only=True)
class State:
    """Passwords and keys of one home; they stay the same from start to start."""

    postgres_port: int = 0
    valkey_port: int = 0
    superuser_password: str = field(default_factory=_secret)
    owner_password: str = field(default_factory=_secret)
    application_password: str = field(default_factory=_secret)
    valkey_password: str = field(default_factory=_secret)
    secret_key: str = field(default_factory=_secret)
    link_key: str = field(default_factory=_secret)
    seal_key: str = field(default_factory=partial(secrets.token_hex, 32))

    def url_of(self, *, role: str, password: str, database: str) -> str:
        """Return the address of a database as a role."""
        return f"postgresql://{role}:{password}@127.0.0.1:{self.postgres_port}/{database}"

    @property
    def superuser_url(self) -> str:
        """The cluster's own database, as its superuser."""
        return self.url_of(role="postgres", password=self.superuser_password, database="postgres")

    @property
    def redis_url(self) -> str:
        """The broker, cache and results."""
        return f"redis://:{self.valkey_password}@127.0.0.1:{self.valkey_port}/0"


def read_state(*, home: Path) -> State:
    """Return the home's state, made anew when it has none."""
    file = home / FILE
    return State(**json.loads(file.read_text())) if file.exists() else State()


def write_state(*, home: Path, state: State) -> None:
    """Keep the state, readable by its owner alone, never half-written."""
    unfinished = home / f"{FILE}.unfinished"
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(state), file)
    unfinished.rename(home / FILE)
