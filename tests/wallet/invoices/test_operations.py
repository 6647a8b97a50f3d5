"""A month's invoices are what the ledger says, to the fen and to the coin, and settle it once."""

from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import transaction
from django.db.models import F, Sum

from ledger.months.operations import rehearse_close, settle_month
from ledger.proofs.queries import finding_of, findings
from ledger.queries import amount_at, coins_in
from ledger.registry import proofs
from ledger.rules import CNY, COIN, month_after, starts_at
from tests.given import MONTH, a_campaign, a_sponsor
from tests.given_invoices import (
    CLOSES_AT,
    a_months_orders,
    a_selling_partner,
    invoiced,
    pay,
    reverse,
    several_takers,
)
from tests.given_own_data import a_policy
from wallet.clearing.queries import outstanding_at_end_of
from wallet.invoices.models import Invoice, InvoiceLine, InvoiceShare
from wallet.invoices.operations import tell_of_invoices
from wallet.invoices.queries import by_issuer, entries_behind
from wallet.sponsors.models import PurchaseOrder

DECEMBER = month_after(MONTH)
JANUARY = month_after(DECEMBER)
IN_DECEMBER = starts_at(DECEMBER) + timedelta(days=4)
OURS = {
    "invoices_resolve",
    "invoices_booked",
    "issuers_still_owe",
    "issuers",
    "sponsors",
    "merchants",
    "partners",
}


def broken() -> list[str]:
    """Return which of the proofs that invoices touch are broken."""
    return [one.name for one in proofs() if one.name in OURS and not finding_of(one).is_clean]


@pytest.mark.django_db
def test_an_invoice_is_the_months_orders_to_the_fen_and_settles_them() -> None:
    sponsor = a_months_orders()
    other = a_sponsor(coins=7)
    mine, others = sorted(invoiced(), key=lambda one: -one.ordered_fen)
    assert (mine.holder_id, mine.ordered_fen, mine.paid_fen, mine.due_fen) == (
        sponsor.pk,
        5_000,
        5_000,
        0,
    )
    assert by_issuer(mine) == [("CT", 1_000, 4_001), ("CU", 500, 999)]
    assert (others.holder_id, others.ordered_fen) == (other.pk, 7)
    assert amount_at(f"sponsor/{sponsor.pk}/receivable", CNY) == 0
    assert amount_at(f"sponsor/{sponsor.pk}/paid", CNY) == -5_000
    revenue = sum(amount_at(f"issuer/{code}/revenue", CNY) for code in ("CT", "CU"))
    assert revenue == Invoice.objects.aggregate(fen=Sum("ordered_fen"))["fen"]
    assert broken() == []


@pytest.mark.django_db
def test_budgets_are_told_kind_by_kind_and_every_line_resolves() -> None:
    sponsor = a_sponsor(coins=1_000)
    a_campaign(sponsor, coins=600)
    a_campaign(sponsor, coins=150)
    (found,) = invoiced()
    moved = {
        (line.address.split("/")[0], line.kind): line.amount
        for line in found.lines.filter(asset=COIN)
    }
    assert moved["sponsor", "purchase_order"] == 1_000
    assert moved["sponsor", "campaign_funding"] == -750
    for line in InvoiceLine.objects.all():
        behind = list(entries_behind(line))
        assert len({entry.transaction_id for entry in behind}) == line.transactions
        told = -line.amount if line.asset == CNY else line.amount
        assert sum(entry.amount for entry in behind) == told
    closing = sum(line.amount for line in found.lines.filter(asset=COIN))
    assert closing == 1_000 == coins_in(f"sponsor/{sponsor.pk}/budget") + 750


@pytest.mark.django_db
def test_a_merchants_coins_go_back_to_their_issuers_for_fen_rounded_once_each() -> None:
    partner = a_selling_partner()
    a_policy("clearing.fen_per_1000_coins", 4_050, scope=partner.pk)
    merchant = partner.merchant_id
    before = {code: coins_in(f"issuer/{code}") for code in ("CT", "CU")}
    (found,) = [one for one in invoiced() if one.side == "merchant"]
    # 90 coins at 3,000 to 1,000 outstanding: 67.5 and 22.5, the tie to the first by name.
    shares = list(found.shares.values_list("issuer", "coins", "fen"))
    assert shares == [("CT", 68, 275), ("CU", 22, 89)]
    assert (found.coins, found.due_fen, found.fen_per_1000) == (90, 364, 4_050)
    assert coins_in(f"merchant/{merchant}/payable") == 0
    assert amount_at(f"merchant/{merchant}/earned", CNY) == 364
    after = {code: coins_in(f"issuer/{code}") for code in ("CT", "CU")}
    assert {code: after[code] - before[code] for code in after} == {"CT": 68, "CU": 22}
    # What carriers redeemed is shared out by what is outstanding after it.
    assert outstanding_at_end_of(MONTH) == {"CT": 2_932, "CU": 978}
    assert broken() == []


@pytest.mark.django_db
def test_ties_of_several_merchants_ask_no_issuer_for_more_than_it_owes() -> None:
    several_takers([1, 1, 1, 1], issued={"CT": 2, "CU": 2})
    found = [one for one in invoiced() if one.side == "merchant"]
    assert [(one.coins, one.due_fen) for one in found] == [(1, 4)] * 4
    assert {code: coins_in(f"issuer/{code}") for code in ("CT", "CU")} == {"CT": 0, "CU": 0}
    assert broken() == []


@pytest.mark.django_db
def test_an_issuer_given_back_more_than_it_owed_is_found() -> None:
    several_takers([1, 1], issued={"CT": 1, "CU": 1})
    weights = {"CT": 2, "CU": 0}
    with patch("wallet.invoices.operations.outstanding_at_end_of", return_value=weights):
        invoiced()
    assert broken() == ["issuers_still_owe"]


@pytest.mark.django_db
def test_a_coin_taken_from_the_books_is_found() -> None:
    a_months_orders()
    a_selling_partner()
    found = invoiced()
    assert broken() == []
    line = InvoiceLine.objects.filter(asset=CNY).first()
    assert line is not None
    InvoiceLine.objects.filter(pk=line.pk).update(amount=line.amount + 1)
    assert broken() == ["invoices_resolve"]
    InvoiceLine.objects.filter(pk=line.pk).update(amount=line.amount)
    InvoiceLine.objects.filter(asset=COIN).update(transactions=99)
    assert "invoices_resolve" in broken()
    merchants = [one for one in found if one.side == "merchant"]
    merchants[0].shares.all()[0].delete()
    assert {"invoices_booked", "issuers"} <= set(broken())


@pytest.mark.django_db
def test_a_charge_shows_no_entry_of_another_whose_ids_lie_among_its_own() -> None:
    a_months_orders()
    invoiced()
    line, other = InvoiceLine.objects.filter(asset=CNY, issuer__in=("CT", "CU"))
    line.last_entry = other.last_entry
    assert [entry.transaction_id for entry in entries_behind(line)] == [line.transaction]
    assert line.transaction != other.transaction


def _swap_two_orders() -> None:
    line, other = InvoiceLine.objects.filter(asset=CNY, amount__in=(4_001, 999))
    InvoiceLine.objects.filter(pk=line.pk).update(amount=other.amount)
    InvoiceLine.objects.filter(pk=other.pk).update(amount=line.amount)


def _swap_two_sponsors() -> None:
    line, other = InvoiceLine.objects.filter(asset=CNY, amount=25)
    InvoiceLine.objects.filter(pk=line.pk).update(invoice=other.invoice)
    InvoiceLine.objects.filter(pk=other.pk).update(invoice=line.invoice)


def _ask_for_a_fen_more() -> None:
    Invoice.objects.filter(ordered_fen=5_000).update(opening_fen=1, due_fen=1)


def _pay_a_fen_less() -> None:
    share = InvoiceShare.objects.get(issuer="CT")
    InvoiceShare.objects.filter(pk=share.pk).update(fen=share.fen - 1)
    Invoice.objects.filter(pk=share.invoice_id).update(
        ordered_fen=F("ordered_fen") - 1, due_fen=F("due_fen") - 1
    )


def _pay_at_another_price() -> None:
    Invoice.objects.filter(coins=90).update(fen_per_1000=4_001)


FAULTS: dict[str, Callable[[], object]] = {
    "the amounts of two orders, swapped": _swap_two_orders,
    "lines in each other's sponsor's invoice": _swap_two_sponsors,
    "a fen more due before, and due": _ask_for_a_fen_more,
    "a fen less of a share": _pay_a_fen_less,
    "another price": _pay_at_another_price,
    "entries that are not a line's": lambda: InvoiceLine.objects.filter(asset=COIN).update(
        last_entry=F("last_entry") + 1
    ),
    "coins not ordered": lambda: InvoiceLine.objects.filter(amount=999).update(coins=501),
    "another issuer": lambda: InvoiceLine.objects.filter(amount=999).update(issuer="CT"),
    "another time": lambda: InvoiceLine.objects.filter(amount=999).update(at=IN_DECEMBER),
    "no transaction": lambda: InvoiceLine.objects.filter(amount=999).update(transaction=None),
}


@pytest.mark.django_db
def test_whatever_an_invoice_says_that_the_books_do_not_is_found() -> None:
    a_months_orders()
    for _ in range(2):
        pay(a_sponsor(), coins=5, price_fen=25)
    a_selling_partner()
    invoiced()
    assert broken() == []
    (resolve,) = [one for one in proofs() if one.name == "invoices_resolve"]
    unseen = []
    for name, plant in FAULTS.items():
        point = transaction.savepoint()
        plant()
        if finding_of(resolve).is_clean:
            unseen.append(name)
        transaction.savepoint_rollback(point)
    assert unseen == []


@pytest.mark.django_db
def test_a_month_without_business_has_no_invoice() -> None:
    a_sponsor()
    assert invoiced() == []


@pytest.mark.own_database
def test_what_is_corrected_later_is_due_from_the_month_it_was_corrected_in() -> None:
    sponsor = a_months_orders()
    order = PurchaseOrder.objects.get(issuer="CU")
    a_selling_partner()
    told = rehearse_close(month=MONTH, now=CLOSES_AT)
    # Both sponsors' orders, those behind the partner's customers, and 90 coins at 4 fen.
    assert told["invoices"] == {"CNY": 5_000 + 20_000 + 360, "COIN": 90}
    settle_month(month=MONTH, now=CLOSES_AT)
    november = Invoice.objects.get(holder=sponsor.pk)
    assert (november.ordered_fen, november.due_fen) == (5_000, 0)
    assert tell_of_invoices(now=CLOSES_AT) == Invoice.objects.count()
    # As the close ended, the books were proved: every other proof too.
    reverse(order.pk, now=IN_DECEMBER)
    pay(sponsor, coins=10, price_fen=30, now=IN_DECEMBER)
    settle_month(month=DECEMBER, now=starts_at(month_after(DECEMBER)) + timedelta(minutes=30))
    december = Invoice.objects.get(holder=sponsor.pk, month=DECEMBER)
    assert (december.opening_fen, december.ordered_fen) == (0, 30)
    assert (december.corrected_fen, december.paid_fen, december.due_fen) == (-999, 30, -999)
    assert Invoice.objects.get(pk=november.pk).due_fen == 0
    assert amount_at(f"sponsor/{sponsor.pk}/receivable", CNY) == 999
    # What stays due is said again, with no line of its own, until it is settled.
    settle_month(month=JANUARY, now=starts_at(month_after(JANUARY)) + timedelta(minutes=30))
    january = Invoice.objects.get(holder=sponsor.pk, month=JANUARY)
    assert (january.opening_fen, january.ordered_fen, january.due_fen) == (-999, 0, -999)
    assert not january.lines.exists()
    assert Invoice.objects.filter(month=JANUARY).count() == 1
    named = {found.name for found in findings() if not found.is_clean}
    assert not named & {"invoices_resolve", "invoices_booked"}
