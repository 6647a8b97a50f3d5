"""Administrators manage staff; others read at most; everything done is in the trail."""

from uuid import uuid4

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from tests import given
from wallet.carriers.models import Break
from wallet.holders.models import Holder, User

pytestmark = pytest.mark.django_db
STAFF = "/admin/wallet/user/"
GROUPS = "/admin/auth/group/"
TRAIL = "/admin/admin/logentry/"


def client_of(user: User) -> Client:
    client = Client(headers={"host": "127.0.0.1", "accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def chief() -> User:
    return User.objects.create_superuser("+8613900000001")


def a_break() -> Break:
    """Return a difference between us and a carrier."""
    return Break.objects.create(
        carrier=given.a_carrier(), kind=Break.Kind.choices[0][0], reference="r", found_at=given.NOW
    )


def group(name: str) -> str:
    return str(Group.objects.get(name=name).pk)


def test_a_colleague_joins_by_phone(chief: User) -> None:
    client = client_of(chief)
    asked = client.get(f"{STAFF}add/").content.decode()
    assert asked.count('type="checkbox" name="groups"') == Group.objects.count()
    form = {"phone": "139 0000 0002", "groups": [group("adjuster")]}
    assert client.post(f"{STAFF}add/", form).status_code == 302
    joined = User.objects.get(phone="+8613900000002")
    assert (joined.is_staff, joined.is_superuser) == (True, False)
    assert [each.name for each in joined.groups.all()] == ["adjuster"]
    assert not joined.has_usable_password()
    assert "adjuster" in client.get(STAFF).content.decode()
    assert LogEntry.objects.get().object_id == str(joined.pk)


def test_somebody_with_a_wallet_joins_as_the_same_person(chief: User) -> None:
    holder = given.a_holder()
    assert holder.user is not None
    form = {"phone": holder.user.phone, "groups": [group("approver")]}
    assert client_of(chief).post(f"{STAFF}add/", form).status_code == 302
    holder.user.refresh_from_db()
    assert holder.user.is_staff
    assert User.objects.count() == 2


def test_a_phone_that_is_none_is_refused(chief: User) -> None:
    answer = client_of(chief).post(f"{STAFF}add/", {"phone": "12"})
    assert "Write a mainland mobile number." in answer.content.decode()
    assert User.objects.count() == 1


def test_only_staff_is_listed(chief: User) -> None:
    person = given.a_user()
    client = client_of(chief)
    assert person.phone not in client.get(STAFF).content.decode()
    assert client.get(f"{STAFF}{person.pk}/change/").status_code == 302


def test_rights_are_given_and_taken(chief: User) -> None:
    colleague = User.objects.create_user("+8613900000002", is_staff=True)
    page = f"{STAFF}{colleague.pk}/change/"
    client = client_of(chief)
    shown = client.get(page).content.decode()
    assert "adjuster" in shown
    assert "password" not in shown
    form = {"is_staff": "on", "groups": [group("approver"), group("controller")]}
    assert client.post(page, form).status_code == 302
    assert colleague.groups.count() == 2
    assert "Groups" in LogEntry.objects.get().change_message
    assert client.post(page, {}).status_code == 302
    colleague.refresh_from_db()
    assert (colleague.is_staff, colleague.groups.count()) == (False, 0)
    assert LogEntry.objects.count() == 2


def test_nobody_changes_the_own_rights(chief: User) -> None:
    page = f"{STAFF}{chief.pk}/change/"
    form = {"is_staff": "on", "is_superuser": "on", "groups": [group("adjuster")]}
    answer = client_of(chief).post(page, form)
    assert "another administrator" in answer.content.decode()
    assert chief.groups.count() == 0
    other = client_of(User.objects.create_superuser("+8613900000002"))
    assert other.post(page, form).status_code == 302
    assert chief.groups.count() == 1


def test_a_role_keeps_its_name_and_its_place(chief: User) -> None:
    client = client_of(chief)
    page = f"{GROUPS}{group('adjuster')}/"
    assert client.get(f"{page}change/").status_code == 200
    assert client.post(f"{page}change/", {"name": "other", "permissions": []}).status_code == 302
    assert Group.objects.get(name="adjuster").permissions.count() == 0
    assert client.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{GROUPS}add/", {"name": "clerks"}).status_code == 302
    assert "clerks" in client.get(GROUPS).content.decode()


def test_whoever_is_no_administrator_changes_nothing(chief: User) -> None:
    auditor = User.objects.create_user("+8613900000002", is_staff=True)
    auditor.groups.set(Group.objects.filter(name="auditor"))
    clerk = User.objects.create_user("+8613900000003", is_staff=True)
    page = f"{STAFF}{chief.pk}/change/"
    reading = client_of(auditor)
    for path in (STAFF, page, GROUPS, TRAIL):
        assert reading.get(path).status_code == 200
        assert client_of(clerk).get(path).status_code == 403
    for client in (reading, client_of(clerk)):
        assert client.post(page, {"is_staff": "on"}).status_code == 403
        assert client.post(f"{STAFF}add/", {"phone": "13900000009"}).status_code == 403
        assert client.post(f"{GROUPS}add/", {"name": "clerks"}).status_code == 403
    chief.refresh_from_db()
    assert chief.is_superuser


def test_the_trail_is_read(chief: User) -> None:
    client = client_of(chief)
    client.post(f"{GROUPS}add/", {"name": "clerks"})
    entry = LogEntry.objects.get()
    shown = client.get(TRAIL).content.decode()
    assert "clerks" in shown
    assert "Added" in shown
    assert client.get(f"{TRAIL}{entry.pk}/change/").status_code == 200
    assert client.get(TRAIL, {"q": str(uuid4())}).status_code == 200


def test_the_first_administrator_is_made_by_the_command() -> None:
    call_command("createsuperuser", phone="+8613900000001", interactive=False, verbosity=0)
    first = User.objects.get()
    assert (first.is_staff, first.is_superuser) == (True, True)
    assert client_of(first).get(STAFF).status_code == 200


def decided(client: Client, holder: Holder, kind: str) -> int:
    """Decide about a holder as staff does; return the answer's status."""
    asked = {"holder": str(holder.pk), "kind": kind, "reason": "接到报案"}
    return client.post("/admin/wallet/holderevent/add/", asked).status_code


def settled(client: Client, found: Break) -> int:
    """Settle a break with a reason; return the answer's status."""
    path = reverse("admin:wallet_break_settle", args=[found.pk, "resolve"])
    return client.post(path, {"reason": "The carrier corrected its day."}).status_code


def test_what_is_done_to_holders_and_breaks_is_in_the_trail(chief: User) -> None:
    holder = given.a_holder()
    found = a_break()
    client = client_of(chief)
    for kind in ("frozen", "thawed"):
        decided(client, holder, kind)
    settled(client, found)
    events = [str(each.pk) for each in holder.events.order_by("pk")]
    done = LogEntry.objects.order_by("pk").values_list("object_id", "action_flag")
    assert list(done) == [*((event, ADDITION) for event in events), (str(found.pk), CHANGE)]
    assert [each.kind for each in holder.events.order_by("pk")] == ["frozen", "thawed"]
    assert LogEntry.objects.get(object_id=str(found.pk)).change_message == "Settled."
    found.refresh_from_db()
    assert found.resolved_by == f"admin/{chief.pk}"


def test_auditors_act_on_nothing() -> None:
    holder = given.a_holder()
    found = a_break()
    auditor = User.objects.create_user("+8613900000002", is_staff=True)
    auditor.groups.set(Group.objects.filter(name="auditor"))
    client = client_of(auditor)
    assert decided(client, holder, "frozen") == 403
    assert settled(client, found) == 403
    holder.refresh_from_db()
    found.refresh_from_db()
    assert (holder.frozen_at, found.resolved_at) == (None, None)
    assert not LogEntry.objects.exists()


TAMPERING = (
    "UPDATE django_admin_log SET change_message = ''",
    "DELETE FROM django_admin_log",
    "TRUNCATE django_admin_log",
)


@pytest.mark.parametrize("statement", TAMPERING)
def test_the_trail_is_append_only(chief: User, statement: str) -> None:
    client_of(chief).post(f"{GROUPS}add/", {"name": "clerks"})
    with pytest.raises(DatabaseError, match=r"append-only|permission denied"):
        with connection.cursor() as cursor:
            cursor.execute(statement)
