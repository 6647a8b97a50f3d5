"""Read what differs between one machine and another from the environment, typed."""

from functools import cache
from string import hexdigits
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SEAL_KEY_DIGITS = 64
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Environment(BaseSettings):
    """Every variable this project reads; the defaults are safe for production."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    # postgresql://flowcoin_app:…@host/database: the application's role, which cannot migrate.
    database_url: str = ""
    # The same database as its owner: only `migrate` and the tests use it.
    database_owner_url: str = ""
    # redis://…: broker, cache, results.
    redis_url: str = ""
    # Signs sessions; at least 50 characters.
    secret_key: str = ""
    # Makes the tokens of links from ids, so that a repeated request can show a link again; and
    # sponsors' secrets, and the seeds of the days of red packets.
    link_key: str = ""
    # Signs the heads of the ledger's tree: 64 hexadecimal digits, an Ed25519 private key.
    seal_key: str = ""
    # Where people reach the site; https turns on secure cookies, redirects and HSTS.
    public_url: str = "https://localhost"
    # Where the market's live stream is reached, if not under the site's own address.
    live_url: str = ""
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    # A proxy in front sets X-Forwarded-Proto and drops what a client sent under that name.
    behind_proxy: bool = False
    debug: bool = False
    # Shows the codes of the demo's messages on a page. Never in production.
    demo: bool = False
    # Off leaves the market out: the wallet and the close work without it.
    exchange: bool = True
    # How many processes work at a month's close together; 0 is as many as this machine has cores,
    # at most 8.
    settle_workers: Annotated[int, Field(ge=0, le=64)] = 0
    # Where `collectstatic` put the static files; without it they come from the packages.
    static_root: str = ""
    log_level: str = "INFO"
    # The gateway that brings texts to phones, our name there, and the secret that signs requests.
    sms_url: str = ""
    sms_key_id: str = ""
    sms_secret: str = ""
    # Who is told when a proof of the books is broken, and the server such mail leaves by (TLS).
    admin_emails: Annotated[tuple[str, ...], NoDecode] = ()
    email_host: str = ""
    email_port: int = 587
    email_user: str = ""
    email_password: str = ""
    email_from: str = "flow-coin@localhost"

    @field_validator("allowed_hosts", "admin_emails", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("seal_key")
    @classmethod
    def _hexadecimal(cls, value: str) -> str:
        if value and (len(value) != SEAL_KEY_DIGITS or set(value.lower()) - set(hexdigits)):
            raise ValueError("SEAL_KEY is 64 hexadecimal digits: openssl rand -hex 32")
        return value

    @field_validator("sms_url")
    @classmethod
    def _not_in_the_clear(cls, value: str) -> str:
        """Refuse to send codes and numbers in the clear, but to a gateway on this machine."""
        address = urlsplit(value)
        if value and address.scheme != "https" and address.hostname not in LOOPBACK:
            raise ValueError("SMS_URL begins with https://")
        return value

    @model_validator(mode="after")
    def _refuse_half_a_gateway(self) -> Self:
        """Refuse a gateway that would know nobody."""
        if self.sms_url and not (self.sms_key_id and self.sms_secret):
            raise ValueError("With SMS_URL set, set SMS_KEY_ID and SMS_SECRET as well.")
        return self

    @model_validator(mode="after")
    def _refuse_half_a_production(self) -> Self:
        """Refuse a database without the keys: a guessed key would open every session and link."""
        if self.database_url:
            needed = {
                "SECRET_KEY": self.secret_key,
                "LINK_KEY": self.link_key,
                "SEAL_KEY": self.seal_key,
                "REDIS_URL": self.redis_url,
            }
            if missing := [name for name, value in needed.items() if not value]:
                raise ValueError(f"With DATABASE_URL set, set {', '.join(missing)} as well.")
        return self

    @property
    def is_secure(self) -> bool:
        """Tell whether people reach the site by https."""
        return self.public_url.startswith("https://")


@cache
def environment() -> Environment:
    """Return this process's environment, read once."""
    return Environment()
