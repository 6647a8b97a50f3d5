"""Open organisations, and give people roles in them."""

from datetime import datetime

from ledger.refusals import Refusal
from wallet.holders.models import Holder, Member, User

NAME_LENGTH_MAX = 64


class BadName(Refusal):
    """A name is between 1 and 64 characters."""

    code = "bad_name"
    status = 422


class NotAnOrganisation(Refusal):
    """Only an organisation has members."""

    code = "not_an_organisation"
    status = 422


def open_organisation(*, name: str, now: datetime) -> Holder:
    """Open a holder that is an organisation: a sponsor, a merchant, a carrier's department.

    Raises:
        BadName: the name is empty or longer than 64 characters.
    """
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH_MAX:
        raise BadName("A name is between 1 and 64 characters.")
    return Holder.objects.create(kind=Holder.Kind.ORGANISATION, name=name, opened_at=now)


def add_member(*, organisation: Holder, user: User, role: Member.Role) -> Member:
    """Give a person a role in an organisation; asked again, the role is changed.

    Raises:
        NotAnOrganisation: the holder is a person.
    """
    if organisation.kind != Holder.Kind.ORGANISATION:
        raise NotAnOrganisation("Only an organisation has members.")
    member, _ = Member.objects.update_or_create(
        organisation=organisation, user=user, defaults={"role": role}
    )
    return member
