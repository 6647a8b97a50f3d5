"""What cannot be delivered is listed as money its issuers owe, and paid from the list once."""

import uuid
from datetime import datetime

import pytest

from ledger.operations import post
from ledger.proofs.queries import finding_of
from ledger.queries import amount_at, coins_in
from ledger.refusals import KeyReused
from ledger.rules import CNY, COIN, Leg, Posting
from tests import given
from tests.given_merchants import a_code, a_merchant
from tests.given_own_data import a_policy
from tests.given_winddown import a_wind_down
from wallet.holders.models import Holder, Notice
from wallet.holders.queries import main_of
from wallet.home.sentences import notice_words
from wallet.merchants.operations import claim_code
from wallet.refunds.models import CashRefund
from wallet.refunds.operations import (
    CoinsWithoutIssuer,
    NotRefundedInCash,
    RefundReferenceMissing,
    list_refunds,
    note_refund_paid,
)
from wallet.refunds.proofs import PROOFS
from wallet.refunds.queries import owed_by_issuers, refund_lists, to_refund

pytestmark = pytest.mark.django_db


def clean() -> bool:
    return all(finding_of(proof).is_clean for proof in PROOFS)


def somebody_with(coins: int, *, of: int = 1_000) -> Holder:
    """Return a person with coins of a merchant's, who has the rest of what a sponsor bought."""
    holder = given.a_holder(tier=2)
    claim_code(code=a_code(a_merchant(coins=of), coins=coins), claimer=holder, now=given.NOW)
    return holder


def listed(holder: Holder) -> CashRefund:
    list_refunds(now=given.NOW)
    return CashRefund.objects.get(holder=holder)


def test_everything_left_is_listed_for_whom_it_belongs_to(now: datetime) -> None:
    holder = somebody_with(400)
    a_wind_down()
    assert [held.amount for held in to_refund(limit=9)] == [400, 600]
    assert list_refunds(now=now) == 2
    assert list_refunds(now=now) == 0
    assert coins_in(main_of(holder)) == 0
    assert owed_by_issuers() == {}
    assert amount_at("issuer/CT/refunds", CNY) == 1_000
    assert [(one.lines, one.coins, one.fen) for one in refund_lists()] == [(2, 1_000, 1_000)]
    assert clean()


def test_the_least_price_is_a_policy_of_the_issuers(now: datetime) -> None:
    holder = somebody_with(400)
    a_policy("winddown.fen_per_100_coins", 250, scope="CT")
    a_wind_down()
    assert listed(holder).fen == 1_000


def test_whoever_is_owed_reads_how_much_and_by_whom(now: datetime) -> None:
    holder = somebody_with(401)
    a_wind_down()
    row = listed(holder)
    notice = Notice.objects.get(holder=holder, kind="cash_refund_listed")
    assert notice_words(notice) == "有 401 币 没能发到您的号码，中国电信将退给您 4.01 元。"
    note_refund_paid(refund=row, reference="ICBC 7", by="admin/1", now=now)
    paid = Notice.objects.get(holder=holder, kind="cash_refund_paid")
    assert notice_words(paid) == "中国电信的退款 4.01 元已经付给您。"


def test_a_line_is_paid_once_under_one_reference(now: datetime) -> None:
    row = _listed_row()
    for _ in range(2):
        note_refund_paid(refund=row, reference=" ICBC 7 ", by="admin/1", now=now)
    assert amount_at("issuer/CT/refunds", CNY) == 600
    assert amount_at("issuer/CT/cash", CNY) == 400
    assert clean()
    with pytest.raises(KeyReused):
        note_refund_paid(refund=row, reference="ICBC 8", by="admin/1", now=now)


def _listed_row() -> CashRefund:
    holder = somebody_with(400)
    a_wind_down()
    return listed(holder)


@pytest.mark.parametrize("reference", ["", "  ", "x" * 65])
def test_a_payment_has_the_banks_reference(now: datetime, reference: str) -> None:
    row = _listed_row()
    with pytest.raises(RefundReferenceMissing):
        note_refund_paid(refund=row, reference=reference, by="admin/1", now=now)


def test_carriers_are_not_paid_from_the_list(now: datetime) -> None:
    row = _listed_row()
    owed = CashRefund.objects.create(
        id=uuid.uuid4(),
        posting=row.posting,
        address="carrier/CT/payable",
        carrier_id="CT",
        issuer=given.a_carrier("CU"),
        coins=1,
        fen=1,
        listed_at=now,
    )
    with pytest.raises(NotRefundedInCash):
        note_refund_paid(refund=owed, reference="ICBC 7", by="admin/1", now=now)
    assert not clean()


def test_coins_that_nobody_issued_are_not_made_money(now: datetime) -> None:
    holder = given.a_holder(coins=5)
    a_wind_down()
    with pytest.raises(CoinsWithoutIssuer):
        list_refunds(now=now)
    assert coins_in(main_of(holder)) == 5


def test_what_comes_after_the_list_is_listed_again(now: datetime) -> None:
    first = somebody_with(400)
    a_wind_down()
    row = listed(first)
    back = [Leg("issuer/CT", COIN, -7), Leg(main_of(first), COIN, 7)]
    post(Posting(id=uuid.uuid4(), kind="correction", at=now, actor="test", legs=tuple(back)))
    assert list_refunds(now=now) == 1
    again = CashRefund.objects.filter(holder=first).exclude(pk=row.pk).get()
    assert (again.coins, again.posting != row.posting) == (7, True)
    assert clean()
