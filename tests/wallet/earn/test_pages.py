"""People find tasks, start one and follow it; the sponsor's page is where it is done."""

from uuid import uuid4

import pytest
from django.test import Client

from ledger.queries import coins_in
from tests import given
from wallet.earn.models import Earning, TaskReach
from wallet.earn.operations import close_task, receive_postback
from wallet.earn.rules import earning_address
from wallet.holders.models import Holder
from wallet.holders.operations import tell
from wallet.holders.rules import opaque_id
from wallet.holders.set_aside import set_aside_of
from wallet.sponsors.models import Sponsor

pytestmark = pytest.mark.django_db

LANGUAGES = ("zh-hans", "en")


@pytest.fixture(autouse=True)
def _clock_of_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: given.NOW)


def client_of(holder: Holder, language: str = "zh-hans") -> Client:
    client = Client(headers={"host": "127.0.0.1", "accept-language": language})
    assert holder.user is not None
    client.force_login(holder.user)
    return client


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def page_of(task_id: object) -> str:
    return f"/earn/tasks/{task_id}/"


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", ["安装应用", "8 分钟", "12.5 币"]), ("en", ["Install the app", "12.5 coins"])],
)
def test_tasks_say_what_a_minute_pays(language: str, words: list[str]) -> None:
    task = given.a_task()
    client = client_of(given.a_holder(), language)
    shown = text(client, "/earn/")
    assert [word for word in words if word not in shown] == [], shown
    shown = text(client, page_of(opaque_id("tsk", task.pk)))
    assert all(word in shown for word in words)
    assert TaskReach.objects.filter(task=task).count() == 1


@pytest.mark.parametrize(
    ("language", "empty"), [("zh-hans", "现在没有可以做的任务"), ("en", "no task to do right now")]
)
def test_nothing_on_offer_is_said(language: str, empty: str) -> None:
    client = client_of(given.a_holder(), language)
    assert empty in text(client, "/earn/")
    assert "/earn/" in text(client, "/earn/mine/")


def test_starting_leads_to_the_sponsor() -> None:
    task, holder = given.a_task(), given.a_holder()
    client, path = client_of(holder), page_of(opaque_id("tsk", task.pk))
    page = client.get(path)
    policy = page["Content-Security-Policy"]
    [form_action] = [each for each in policy.split("; ") if each.startswith("form-action")]
    assert form_action == "form-action 'self' https://sponsor.example"
    assert page.context is not None
    answer = client.post(path, {"key": page.context["form"]["key"].value()})
    earning = Earning.objects.get(holder=holder)
    shown = opaque_id("ern", earning.pk)
    assert answer.status_code == 302
    assert answer["Location"] == f"https://sponsor.example/app?earning={shown}"
    assert coins_in(earning_address(earning.pk)) == 100
    assert f"/earn/mine/{shown}/" in text(client, path)
    assert f"/earn/mine/{shown}/" in text(client, "/earn/")
    [waiting] = set_aside_of(holder)["earning"]
    assert (waiting.id, waiting.amount, waiting.url) == (shown, 100, f"/earn/mine/{shown}/")


def test_the_same_form_sent_twice_starts_once() -> None:
    task, holder = given.a_task(), given.a_holder()
    client, form = client_of(holder), {"key": str(uuid4())}
    first = client.post(page_of(opaque_id("tsk", task.pk)), form)
    again = client.post(page_of(opaque_id("tsk", task.pk)), form)
    assert first["Location"] == again["Location"]
    assert Earning.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", "这个任务现在不能开始"), ("en", "This task cannot be started now")],
)
def test_a_refusal_stands_beside_the_form(language: str, said: str) -> None:
    task = given.a_task()
    close_task(task=task)
    client, path = client_of(given.a_holder(), language), page_of(opaque_id("tsk", task.pk))
    assert said in text(client, path)
    answer = client.post(path, {"key": str(uuid4())})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert Earning.objects.count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_earning_is_followed_to_its_end(language: str) -> None:
    earning = given.an_earning()
    client = client_of(earning.holder, language)
    path = f"/earn/mine/{opaque_id('ern', earning.pk)}/"
    place = f"https://sponsor.example/app?earning={opaque_id('ern', earning.pk)}"
    assert place in text(client, path)
    receive_postback(
        sponsor=Sponsor.objects.get(pk=earning.task.campaign.sponsor_id),
        message_id="msg_1",
        earning_id=earning.pk,
        event="install",
        happened_at=given.NOW,
        now=given.NOW,
    )
    paid = {"zh-hans": "11-16 10:30 到账", "en": "Paid 11-16 10:30"}[language]
    assert paid in text(client, path)
    assert path in text(client, "/earn/mine/")
    told = {"zh-hans": "任务奖励到账 50 币", "en": "50 coins earned by a task"}[language]
    assert told in text(client, "/inbox/")


def test_a_lapse_is_told_in_words() -> None:
    holder = given.a_holder()
    facts: dict[str, str | int | None] = {"coins": 50, "task": "x"}
    tell(holder=holder, kind="earning_lapsed", subject_id=uuid4(), facts=facts, now=given.NOW)
    assert "留出的 50 币 已退回活动" in text(client_of(holder), "/inbox/")


def test_strangers_and_bad_input() -> None:
    earning = given.an_earning()
    mine = f"/earn/mine/{opaque_id('ern', earning.pk)}/"
    stranger = client_of(given.a_holder())
    assert stranger.get(mine).status_code == 404
    assert stranger.get(page_of("tsk_nonsense")).status_code == 404
    assert Client(headers={"host": "127.0.0.1"}).get("/earn/").status_code == 302
    path = page_of(opaque_id("tsk", given.a_task().pk))
    for key in ("", "7", "x" * 100):
        assert stranger.post(path, {"key": key}).status_code == 200
    assert Earning.objects.count() == 1
