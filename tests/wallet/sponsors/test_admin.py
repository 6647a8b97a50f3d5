"""An admin opens sponsors and books what they paid; the rest is read."""

from uuid import uuid4

import pytest
from django.test import Client

from tests import given
from wallet.holders.models import User
from wallet.sponsors.models import PurchaseOrder, Sponsor
from wallet.sponsors.queries import budget_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> Client:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser("+8613300000000"))
    return client


def test_a_sponsor_is_opened(clerk: Client) -> None:
    owner = given.a_user()
    assert clerk.get("/admin/wallet/sponsor/add/").status_code == 200
    form = {"name": "乐视", "owner": owner.phone}
    assert clerk.post("/admin/wallet/sponsor/add/", form).status_code == 302
    sponsor = Sponsor.objects.get()
    assert sponsor.holder.members.get().user == owner
    assert clerk.get(f"/admin/wallet/sponsor/{sponsor.pk}/change/").status_code == 200
    assert clerk.post("/admin/wallet/sponsor/add/", form | {"owner": "+86000"}).status_code == 200
    assert Sponsor.objects.count() == 1


def test_a_paid_order_is_booked_once(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wallet.sponsors.admin.timezone.now", lambda: given.NOW)
    sponsor, issuer = given.a_sponsor(), given.a_carrier("CU")
    path = "/admin/wallet/purchaseorder/add/"
    assert clerk.get(path).status_code == 200
    form = {
        "sponsor": str(sponsor.pk),
        "issuer": issuer.pk,
        "coins": "700",
        "price_fen": "900",
        "key": str(uuid4()),
    }
    assert clerk.post(path, form).status_code == 302
    assert clerk.post(path, form).status_code == 302
    assert budget_of(sponsor) == 700
    refused = clerk.post(path, form | {"coins": "701"})
    assert refused.status_code == 200
    assert "这份表单已经用来办过另一件事。" in refused.content.decode()
    for coins in ("0", str(2**63), "x"):
        asked = form | {"coins": coins, "key": str(uuid4())}
        assert clerk.post(path, asked).status_code == 200
    order = PurchaseOrder.objects.get()
    assert clerk.get(f"/admin/wallet/purchaseorder/{order.pk}/change/").status_code == 200
    assert clerk.get("/admin/wallet/purchaseorder/").status_code == 200


def test_the_rest_is_read(clerk: Client) -> None:
    earning = given.an_earning()
    campaign, task = earning.task.campaign, earning.task
    for model, pk in (("campaign", campaign.pk), ("task", task.pk), ("earning", earning.pk)):
        assert clerk.get(f"/admin/wallet/{model}/").status_code == 200
        assert clerk.get(f"/admin/wallet/{model}/{pk}/change/").status_code == 200
        assert clerk.get(f"/admin/wallet/{model}/add/").status_code == 403
        assert clerk.post(f"/admin/wallet/{model}/{pk}/delete/").status_code == 403
    assert clerk.get("/admin/wallet/postback/").status_code == 200
    assert clerk.get("/admin/wallet/sponsor/").status_code == 200


def test_a_subscriber_is_kept_out() -> None:
    client = Client(headers={"host": "127.0.0.1"})
    holder = given.a_holder()
    assert holder.user is not None
    client.force_login(holder.user)
    assert client.get("/admin/wallet/purchaseorder/").status_code == 302
