"""Numbers for tests, proved and recycled by operations."""

from datetime import datetime
from uuid import uuid4

from ledger import registry
from ledger.proofs.queries import finding_of
from tests import given
from wallet.holders.models import Holder, Number
from wallet.holders.operations import expect_user, verify_phone
from wallet.numbers.models import NumberCode
from wallet.numbers.operations import add_proved_number, ask_number_code, recycle_number
from wallet.numbers.queries import digits_of


def a_code(holder: Holder, *, msisdn: str = "", now: datetime = given.NOW) -> NumberCode:
    """Return a code that a holder asked for: for the number given, or one nobody has."""
    return ask_number_code(holder=holder, msisdn=msisdn or given.an_msisdn(), key=uuid4(), now=now)


def a_proved_number(holder: Holder, *, msisdn: str = "", now: datetime = given.NOW) -> Number:
    """Return a number whose code came back."""
    code = a_code(holder, msisdn=msisdn, now=now)
    return add_proved_number(holder=holder, code=code, typed=digits_of(code), now=now)


def who_signs_in(msisdn: str, *, now: datetime = given.NOW) -> Holder:
    """Return the wallet of whoever signs in with a number for the first time."""
    number = verify_phone(user=expect_user(phone=f"+86{msisdn}"), msisdn=msisdn, now=now)
    assert number.holder is not None
    return number.holder


def taken_over(number: Number, *, now: datetime = given.NOW) -> Holder:
    """Return the wallet of a number's new owner, after its carrier gave it to somebody else."""
    recycle_number(number=number, by="admin/test", reason="the carrier says so", now=now)
    return who_signs_in(number.msisdn, now=now)


def assert_proofs_hold() -> None:
    """Run every proof there is; each holds."""
    found = [finding_of(proof) for proof in registry.proofs()]
    assert [(one.name, one.first_broken) for one in found if not one.is_clean] == []
