"""A subscriber asks on the page or by the API; the staff answers in the admin."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.groups import AUDITOR, DESK
from tests import given
from tests.wallet.cases.test_operations import TEXT, a_case, an_entry
from wallet.cases.models import Case
from wallet.holders.models import Holder, User
from wallet.holders.queries import inbox_of
from wallet.holders.rules import entry_name, opaque_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder() -> Holder:
    return given.a_holder(now=timezone.now())


def staff(group: str) -> Client:
    """Return a client of somebody of the staff, in one group."""
    from django.contrib.auth.models import Group

    user = User.objects.create_user(f"+86{given.an_msisdn()}", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


def test_a_line_of_the_history_leads_to_a_case(holder: Holder) -> None:
    entry = an_entry(holder, now=timezone.now())
    client, url = given.client_of(holder), reverse("case_new", args=[entry_name(entry)])
    assert url in client.get(reverse("history")).content.decode()
    assert 'name="key"' in client.get(url).content.decode()
    empty = client.post(url, {"text": "", "key": uuid4()}, format="multipart")
    assert (empty.status_code, Case.objects.count()) == (422, 0)
    done = client.post(url, {"text": TEXT, "key": uuid4()}, format="multipart")
    case = Case.objects.get()
    assert done["Location"] == reverse("case", args=[opaque_id("cas", case.pk)])
    shown = client.get(done["Location"]).content.decode()
    assert TEXT in shown
    assert "还没有答复" in shown
    # The line that was asked about leads to its case as long as that is open.
    assert client.get(url)["Location"] == done["Location"]
    assert TEXT in client.get(reverse("cases")).content.decode()


def test_strangers_see_no_case(holder: Holder) -> None:
    case = a_case(holder, now=timezone.now())
    stranger = given.client_of(given.a_holder(now=timezone.now()))
    name, entry = opaque_id("cas", case.pk), entry_name(case.entry_id)
    assert stranger.get(reverse("case", args=[name])).status_code == 404
    assert stranger.get(reverse("case_new", args=[entry])).status_code == 404
    assert stranger.get(f"/api/v1/cases/{name}").status_code == 404
    body, key = {"entry": entry, "text": TEXT}, {"Idempotency-Key": str(uuid4())}
    assert stranger.post("/api/v1/cases", body, headers=key).status_code == 404
    assert Client().get(reverse("case", args=[name])).status_code == 302


def test_the_api_opens_lists_and_shows(holder: Holder) -> None:
    entry = entry_name(an_entry(holder, now=timezone.now()))
    client, body = given.client_of(holder), {"entry": entry, "text": TEXT}
    made = client.post("/api/v1/cases", body, headers={"Idempotency-Key": str(uuid4())})
    assert (made.status_code, made.json()["state"]) == (201, "open")
    again = client.post("/api/v1/cases", body, headers={"Idempotency-Key": str(uuid4())})
    assert (again.status_code, again.json()["code"]) == (409, "case_already_open")
    assert client.get("/api/v1/cases").json()["results"] == [made.json()]
    assert client.get(f"/api/v1/cases/{made.json()['id']}").json() == made.json()


def test_the_desk_sees_the_cause_and_answers(holder: Holder) -> None:
    case = a_case(holder, now=timezone.now())
    desk, page = staff(DESK), reverse("admin:wallet_case_change", args=[case.pk])
    shown = desk.get(page).content.decode()
    assert TEXT in shown
    assert "系统账户：expired" in shown
    assert reverse("audit_person", args=[holder.pk]) in shown
    answer = reverse("admin:wallet_case_answer", args=[case.pk])
    refused = desk.post(answer, {"outcome": "explained", "answer": ""})
    assert (refused.status_code, inbox_of(holder).count()) == (422, 0)
    assert "请用 1 到 500 个字" in refused.content.decode()
    assert desk.post(answer, {"outcome": "right", "answer": "是礼物。"})["Location"] == page
    client = given.client_of(holder)
    for language, said in (("zh-hans", "没有错"), ("en", "is right")):
        inbox = client.get(reverse("inbox"), headers={"Accept-Language": language})
        assert said in inbox.content.decode()
        assert "是礼物。" in inbox.content.decode()


def test_auditors_read_cases_and_answer_none(holder: Holder) -> None:
    case = a_case(holder, now=timezone.now())
    auditor = staff(AUDITOR)
    page = auditor.get(reverse("admin:wallet_case_change", args=[case.pk]))
    answer = reverse("admin:wallet_case_answer", args=[case.pk])
    assert (page.status_code, answer in page.content.decode()) == (200, False)
    assert auditor.post(answer, {"outcome": "right", "answer": ""}).status_code == 403
    assert Case.objects.get().state == Case.State.OPEN


def test_the_first_page_says_how_many_wait(holder: Holder) -> None:
    a_case(holder, now=timezone.now())
    shown = staff(DESK).get(reverse("admin:index")).content.decode()
    assert "用户的疑问 (1)" in shown
