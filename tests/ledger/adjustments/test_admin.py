"""The admin's pages of proposals, as each role finds them."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.test import Client

from ledger.adjustments.models import Proposal
from ledger.adjustments.queries import state_of
from ledger.adjustments.rules import reversal_id
from ledger.models import Transaction
from ledger.operations import open_months, post
from ledger.queries import coins_in
from tests.ledger.worlds import ISSUER, a_holder_with, a_posting, coins, main_of
from wallet.holders.models import User

pytestmark = pytest.mark.django_db
LIST = "/admin/ledger/proposal/"
ADD = "/admin/ledger/proposal/add/"
WHY = "A carrier delivered twice, see the case."


@pytest.fixture(autouse=True)
def _clock(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    open_months(now=now)
    monkeypatch.setattr("ledger.adjustments.admin.proposals.timezone.now", lambda: now)


@pytest.fixture
def holder(now: datetime) -> UUID:
    return a_holder_with(50, at=now)


def staff(phone: str, *roles: str) -> Client:
    user = User.objects.create_user(phone, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    client = Client(headers={"host": "127.0.0.1", "accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def ann() -> Client:
    return staff("+8613900000001", "adjuster")


@pytest.fixture
def ben() -> Client:
    return staff("+8613900000002", "approver")


def asked(*legs: tuple[str, str, int], **more: str) -> dict[str, str]:
    """Return the form as a browser sends it."""
    form = {
        "form-TOTAL_FORMS": "4",
        "form-INITIAL_FORMS": "0",
        "reason": WHY,
        "attachment": "",
        "reverses": "",
        "key": str(uuid4()),
    }
    for place in range(4):
        address, asset, amount = legs[place] if place < len(legs) else ("", "COIN", "")
        form[f"form-{place}-address"] = address
        form[f"form-{place}-asset"] = asset
        form[f"form-{place}-amount"] = str(amount)
    return form | more


def giving(holder: UUID, amount: int = 30, **more: str) -> dict[str, str]:
    legs = ((ISSUER, "COIN", -amount), (main_of(holder), "COIN", amount))
    return asked(*legs, **more)


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def proposed(client: Client, holder: UUID, amount: int = 30) -> Proposal:
    answer = client.post(ADD, giving(holder, amount, _propose="1"))
    assert answer.status_code == 302, text_of(answer)  # type: ignore[arg-type]
    return Proposal.objects.get(pk=answer["Location"].split("/")[-3])


def page_of(proposal: Proposal, act: str = "change") -> str:
    return f"{LIST}{proposal.pk}/{act}/"


def test_a_preview_shows_balances_and_writes_nothing(ann: Client, holder: UUID) -> None:
    assert ann.get(ADD).status_code == 200
    shown = ann.post(ADD, giving(holder, 1_234, _preview="1")).content.decode()
    for words in ("+1,234", "1,284", "-1,284", 'name="_propose"'):
        assert words in shown
    assert not Proposal.objects.exists()


def test_two_persons_adjust_the_books(ann: Client, ben: Client, holder: UUID) -> None:
    made = proposed(ann, holder)
    own = ann.get(page_of(made)).content.decode()
    assert f"{made.pk}/withdraw/" in own
    assert f"{made.pk}/approve/" not in own
    assert f"{made.pk}/approve/" in ben.get(page_of(made)).content.decode()
    assert WHY in ben.get(page_of(made, "approve")).content.decode()
    assert ben.post(page_of(made, "approve"), {}).status_code == 200  # nothing ticked
    assert coins_in(main_of(holder)) == 50
    assert ben.post(page_of(made, "approve"), {"compared": "on"}).status_code == 302
    assert coins_in(main_of(holder)) == 80
    shown = ann.get(page_of(made)).content.decode()
    for words in ("+8613900000001", "+8613900000002", "127.0.0.1", "Approved", "adjuster"):
        assert words in shown
    assert "/approve/" not in shown
    assert "+8613900000002" in ann.get(LIST).content.decode()
    assert list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True)) == [
        "Proposed.",
        "Approved.",
    ]


def test_the_transaction_leads_to_its_proposal(ann: Client, ben: Client, holder: UUID) -> None:
    made = proposed(ann, holder)
    ben.post(page_of(made, "approve"), {"compared": "on"})
    shown = ben.get(f"/admin/ledger/transaction/{made.pk}/change/").content.decode()
    assert page_of(made) in shown
    assert WHY in shown


def test_approving_ones_own_is_refused(holder: UUID) -> None:
    both = staff("+8613900000003", "adjuster", "approver")
    made = proposed(both, holder)
    answer = both.post(page_of(made, "approve"), {"compared": "on"})
    assert answer.status_code == 200
    assert "that takes a second person" in answer.content.decode()
    assert coins_in(main_of(holder)) == 50


def test_the_form_says_what_is_refused(ann: Client, holder: UUID) -> None:
    for form, words in (
        (giving(holder, 10_001), "adjuster is limited to 10,000"),
        (giving(uuid4()), "There is no such account, or it may not hold"),
        (asked((ISSUER, "COIN", -5), ("fees/CT", "COIN", 4)), "each asset summing to zero"),
        (giving(holder, reverses=str(uuid4())), "not both at once"),
        (asked(reverses=str(uuid4())), "There is no such transaction to reverse"),
        (asked(reverses="no id"), "36 characters"),
        (giving(holder, reason="oops"), "at least 10 characters"),
        (asked((ISSUER, "GOLD", -5), ("fees/CT", "GOLD", 5)), "like DATA-CT-2026-11"),
    ):
        answer = ann.post(ADD, form | {"_propose": "1"})
        assert answer.status_code == 200
        assert words in answer.content.decode(), words
    assert not Proposal.objects.exists()


def test_the_same_form_sent_twice_proposes_once(ann: Client, holder: UUID) -> None:
    form = giving(holder, _propose="1")
    assert ann.post(ADD, form)["Location"] == ann.post(ADD, form)["Location"]
    assert Proposal.objects.count() == 1


def test_a_transaction_is_reversed_from_its_page(
    ann: Client, ben: Client, holder: UUID, now: datetime
) -> None:
    given = a_posting(*coins(20, ISSUER, main_of(holder)), at=now)
    post(given)
    page = f"/admin/ledger/transaction/{given.id}/change/"
    assert f"{ADD}?reverses={given.id}" in ann.get(page).content.decode()
    assert ADD not in ben.get(page).content.decode()
    assert str(given.id) in ann.get(ADD, {"reverses": str(given.id)}).content.decode()
    form = asked(reverses=str(given.id), _preview="1")
    assert "-20" in ann.post(ADD, form).content.decode()
    assert ann.post(ADD, form | {"_propose": "1"}).status_code == 302
    made = Proposal.objects.get()
    assert ben.post(page_of(made, "approve"), {"compared": "on"}).status_code == 302
    assert coins_in(main_of(holder)) == 50
    assert ADD not in ann.get(page).content.decode()


def test_declining_says_why(ann: Client, ben: Client, holder: UUID) -> None:
    made = proposed(ann, holder)
    assert ben.post(page_of(made, "decline"), {"reason": "no"}).status_code == 200
    assert ben.post(page_of(made, "decline"), {"reason": "The case says 20."}).status_code == 302
    assert "The case says 20." in ann.get(page_of(made)).content.decode()
    assert not Transaction.objects.filter(pk=made.pk).exists()


def test_withdrawing_is_the_proposers(
    ann: Client, ben: Client, holder: UUID, now: datetime
) -> None:
    made = proposed(ann, holder)
    refused = ben.post(page_of(made, "withdraw"), {"reason": ""})
    assert "Only who proposed it may withdraw it" in refused.content.decode()
    assert ann.get(page_of(made, "withdraw")).status_code == 200
    assert ann.post(page_of(made, "withdraw"), {"reason": ""}).status_code == 302
    assert state_of(made, now=now) == "withdrawn"


def test_an_expired_proposal_says_so(
    ann: Client, ben: Client, holder: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = proposed(ann, holder)
    later = now + timedelta(days=7)
    monkeypatch.setattr("ledger.adjustments.admin.proposals.timezone.now", lambda: later)
    assert f"{made.pk}/approve/" not in ben.get(page_of(made)).content.decode()
    answer = ben.post(page_of(made, "approve"), {"compared": "on"})
    assert "The proposal has expired" in answer.content.decode()


def test_a_limit_is_said_where_one_approves(ben: Client, holder: UUID) -> None:
    made = proposed(staff("+8613900000004", "controller"), holder, 20_000)
    answer = ben.post(page_of(made, "approve"), {"compared": "on"})
    assert "approver is limited to 10,000" in answer.content.decode()


@pytest.mark.parametrize("state", ["open", "approved", "declined", ""])
def test_the_list_is_filtered_by_state(ann: Client, ben: Client, holder: UUID, state: str) -> None:
    first, second = proposed(ann, holder), proposed(ann, holder)
    ben.post(page_of(first, "approve"), {"compared": "on"})
    shown = ben.get(LIST, {"state": state}).content.decode()
    assert (page_of(first) in shown) == (state in {"approved", ""})
    assert (page_of(second) in shown) == (state in {"open", ""})


def test_addresses_are_suggested(ann: Client, ben: Client, holder: UUID) -> None:
    typed = {"form-0-address": main_of(holder)[:14]}
    assert main_of(holder) in ann.get(f"{LIST}addresses/", typed).content.decode()
    assert ann.get(f"{LIST}addresses/", {"form-0-address": "h"}).content.decode().strip() == ""
    assert ben.get(f"{LIST}addresses/", typed).status_code == 403


@pytest.mark.parametrize("roles", [(), ("approver",)])
def test_who_has_no_role_proposes_nothing(holder: UUID, roles: tuple[str, ...]) -> None:
    client = staff("+8613900000005", *roles)
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, giving(holder, _propose="1")).status_code == 403


def test_who_has_no_role_decides_nothing(ann: Client, holder: UUID) -> None:
    made = proposed(ann, holder)
    others = staff("+8613900000006", "adjuster"), staff("+8613900000009")
    for act in ("approve", "decline", "withdraw"):
        for client in others:
            assert client.get(page_of(made, act)).status_code == 403
            assert client.post(page_of(made, act), {"compared": "on"}).status_code == 403
    assert ann.get(f"{LIST}{uuid4()}/approve/").status_code == 404
    assert Client().post(page_of(made, "approve")).status_code == 302  # to the login


def test_a_superuser_without_a_role_moves_nothing(holder: UUID) -> None:
    client = Client(headers={"host": "127.0.0.1", "accept-language": "en"})
    client.force_login(User.objects.create_superuser("+8613900000007"))
    answer = client.post(ADD, giving(holder, _propose="1"))
    assert "You have no role that may do this" in answer.content.decode()
    assert not Proposal.objects.exists()


def test_more_lines_are_given(ann: Client, holder: UUID) -> None:
    shown = ann.post(ADD, giving(holder, 30, _more="1")).content.decode()
    assert 'name="form-7-address"' in shown
    assert main_of(holder) in shown
    assert 'name="_propose"' not in shown
    for nonsense in ("x", "1000"):
        form = giving(holder, 30, _more="1") | {"form-TOTAL_FORMS": nonsense}
        assert ann.post(ADD, form).status_code == 200


def test_proposals_are_found_by_reason_and_by_id(ann: Client, holder: UUID, now: datetime) -> None:
    given = a_posting(*coins(20, ISSUER, main_of(holder)), at=now)
    post(given)
    ann.post(ADD, asked(reverses=str(given.id), _propose="1", reason="An order was paid twice."))
    reversing, other = Proposal.objects.get(), proposed(ann, holder)
    for words in ("paid twice", str(reversing.pk), str(given.id), str(reversal_id(given.id))):
        shown = ann.get(LIST, {"q": words}).content.decode()
        assert page_of(reversing) in shown, words
        assert page_of(other) not in shown, words
