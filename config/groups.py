"""Groups of staff whose rights follow from what there is: renewed by each migration."""

from django.contrib.auth.models import Group, Permission
from django.db import connections
from django.db.models import Q

AUDITOR = "auditor"
DESK = "service desk"
#: What each group may do beyond reading; reading is for every table there is, now and later.
MORE = {
    AUDITOR: ("ledger.make_look",),
    DESK: (
        "ledger.make_look",
        "wallet.answer_case",
        "wallet.add_loginchange",
        "wallet.decide_loginchange",
    ),
}


def renew_groups(*, using: str) -> None:
    """Let auditors and the service desk read every table, and do what is theirs beyond that.

    What an administrator gave these groups besides is taken away: a role is what it says.
    """
    if "auth_group" not in connections[using].introspection.table_names():
        return  # a chain that was taken back to its beginning
    reading = Q(codename__startswith="view_")
    for name, more in MORE.items():
        among = reading
        for permission in more:
            app, _dot, codename = permission.partition(".")
            among |= Q(content_type__app_label=app, codename=codename)
        group, _made = Group.objects.using(using).get_or_create(name=name)
        group.permissions.set(Permission.objects.using(using).filter(among))
