"""Logins given back, for tests, by operations."""

from datetime import datetime
from uuid import uuid4

from tests import given
from wallet.holders.models import Holder, User
from wallet.numbers.models import LoginChange
from wallet.numbers.operations import propose_login, prove_login
from wallet.numbers.queries import digits_of


def a_proposed_login(
    holder: Holder, *, msisdn: str = "", by: User | None = None, now: datetime = given.NOW
) -> LoginChange:
    """Return a login change whose code is on its way: to the number given, or one nobody has."""
    return propose_login(
        holder=holder,
        msisdn=msisdn or given.an_msisdn(),
        checked="身份证原件，与本人比对",
        reason="手机丢了，号码已被收回",
        by=by or given.a_user(),
        key=uuid4(),
        now=now,
    )


def a_proved_login(
    holder: Holder, *, msisdn: str = "", by: User | None = None, now: datetime = given.NOW
) -> LoginChange:
    """Return a login change that waits for a second person."""
    by = by or given.a_user()
    change = a_proposed_login(holder, msisdn=msisdn, by=by, now=now)
    return prove_login(change=change, typed=digits_of(change.code), by=by, now=now)
