"""A task is published once, and only one that can be done and paid."""

from typing import Any
from uuid import uuid4

import pytest

from ledger.refusals import KeyReused
from tests import given
from wallet.earn.operations import BadTask, publish_task
from wallet.earn.rules import StagePlan
from wallet.holders.operations import BadAmount
from wallet.sponsors.models import Campaign

pytestmark = pytest.mark.django_db

KEY = uuid4()
INSTALL = StagePlan(event="install", coins=10)


def asked(campaign: Campaign, **changed: Any) -> dict[str, Any]:
    return {
        "campaign": campaign,
        "title_zh": "安装应用",
        "title_en": "Install",
        "minutes": 5,
        "url": "https://sponsor.example/",
        "stages": [INSTALL],
        "key": KEY,
        "now": given.NOW,
    } | changed


def test_a_key_publishes_one_task() -> None:
    campaign = given.a_campaign()
    task = publish_task(**asked(campaign))
    assert publish_task(**asked(campaign)) == task
    assert [(one.event, one.coins, one.vest_days) for one in task.stages.all()] == [
        ("install", 10, 0)
    ]
    for changed in (
        {"title_zh": "玩游戏"},
        {"minutes": 6},
        {"url": "https://sponsor.example/other"},
        {"stages": [StagePlan(event="install", coins=11)]},
        {"stages": [INSTALL, StagePlan(event="day1", coins=1)]},
    ):
        with pytest.raises(KeyReused):
            publish_task(**asked(campaign, **changed))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title_zh", " "),
        ("title_en", "x" * 65),
        ("minutes", 0),
        ("minutes", 10_081),
        ("url", "javascript:alert(1)"),
        ("url", "https://"),
        ("url", "https://[::1"),
        ("url", "https://sponsor.example/\n"),
        ("url", "https://sponsor.example/" + "x" * 200),
        ("stages", []),
        ("stages", [INSTALL, INSTALL]),
        ("stages", [StagePlan(event=f"e{place}", coins=1, vest_days=0) for place in range(9)]),
        ("stages", [StagePlan(event="Install", coins=1, vest_days=0)]),
        ("stages", [StagePlan(event="purchase", coins=1)]),
        ("stages", [StagePlan(event="install", coins=1, vest_days=-1)]),
        ("stages", [StagePlan(event="install", coins=1, vest_days=366)]),
        (
            "stages",
            [StagePlan(event=event, coins=2**62, vest_days=0) for event in ("a", "b")],
        ),
    ],
)
def test_a_bad_task_is_refused(field: str, value: object) -> None:
    with pytest.raises(BadTask) as refused:
        publish_task(**asked(given.a_campaign(), **{field: value}))
    assert refused.value.fields["field"] == field


@pytest.mark.parametrize("coins", [0, -1, 2**63])
def test_a_stage_pays_a_whole_number_of_coins(coins: int) -> None:
    with pytest.raises(BadAmount):
        publish_task(**asked(given.a_campaign(), stages=[StagePlan(event="install", coins=coins)]))
