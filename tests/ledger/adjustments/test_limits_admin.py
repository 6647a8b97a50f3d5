"""Administrators set the limits of roles by newer rows; others read them."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client

from ledger.adjustments.models import AdjustmentLimit
from wallet.holders.models import User

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client(headers={"host": "127.0.0.1", "accept-language": "en"})
    client.force_login(user)
    return client


def test_only_superusers_change_limits() -> None:
    ann = client_of(User.objects.create_user("+8613900000001", is_staff=True))
    User.objects.get().groups.add(Group.objects.get(name="adjuster"))
    add = "/admin/ledger/adjustmentlimit/add/"
    form = {
        "role": "adjuster",
        "act": "propose",
        "units_each_max": "5",
        "units_per_day_max": "10",
        "open_days": "3",
        "reason": "Fewer hands this month.",
    }
    assert "10000" in ann.get("/admin/ledger/adjustmentlimit/").content.decode()
    assert ann.get(add).status_code == 403
    assert ann.post(add, form).status_code == 403
    user = User.objects.create_superuser("+8613900000008")
    chief = client_of(user)
    assert chief.get(add).status_code == 200
    assert chief.post(add, form | {"units_per_day_max": "4"}).status_code == 200
    assert chief.post(add, form).status_code == 302
    row = AdjustmentLimit.objects.latest("id")
    assert (row.units_each_max, row.open_days, row.set_by) == (5, 3, f"admin/{user.pk}")
    page = f"/admin/ledger/adjustmentlimit/{row.pk}/change/"
    assert chief.get(page).status_code == 200
    assert chief.post(page, form).status_code == 403
    assert LogEntry.objects.filter(user=user).count() == 1
