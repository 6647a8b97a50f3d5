"""An organisation's invoices: on pages, as a file, on paper and by JSON; nobody else's."""

import csv
import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from ledger.rules import month_after
from tests.given import NOW, a_holder, a_sponsor, a_user, client_of
from tests.given_invoices import a_months_orders, a_selling_partner, invoiced, pay, reverse
from tests.given_merchants import owner_of
from tests.wallet.statements.test_doors import characters_in
from wallet.holders.models import Member, User
from wallet.holders.rules import opaque_id
from wallet.invoices.models import Invoice
from wallet.invoices.sentences import due_words_for_staff

pytestmark = pytest.mark.django_db


def browser_of(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def owner(invoice: Invoice) -> User:
    """Return who answers for an invoice's organisation."""
    return Member.objects.get(organisation=invoice.holder, role=Member.Role.OWNER).user


def place_of(invoice: Invoice) -> str:
    name = opaque_id("hld", invoice.holder_id)
    return f"/organisations/{name}/invoices/{opaque_id('ivc', invoice.pk)}/"


def a_sponsors_invoice() -> Invoice:
    a_months_orders()
    return invoiced()[0]


def test_a_sponsors_page_says_what_was_ordered_paid_and_is_due_in_both_languages() -> None:
    invoice = a_sponsors_invoice()
    page = browser_of(owner(invoice)).get(place_of(invoice)).content.decode()
    for said in ("40.01 元", "9.99 元", "50.00 元", 'data-due="0"', "1,000 币", "中国电信"):
        assert said in page
    english = browser_of(owner(invoice), "en").get(place_of(invoice)).content.decode()
    assert "Coins ordered" in english
    assert "Due" in english
    listed = browser_of(owner(invoice)).get(place_of(invoice).rsplit("/", 2)[0] + "/")
    assert place_of(invoice) in listed.content.decode()


def test_a_merchants_page_says_who_pays_for_the_coins_it_took() -> None:
    merchant = a_selling_partner().merchant
    (invoice,) = [one for one in invoiced() if one.side == "merchant"]
    page = browser_of(owner_of(merchant)).get(place_of(invoice)).content.decode()
    for said in ("90 币", "68 币", "22 币", "3.60 元", 'data-due="360"', "中国联通"):
        assert said in page


def test_what_is_due_back_is_said_once_not_as_less_than_nothing() -> None:
    sponsor = a_months_orders()
    odd = pay(sponsor, coins=2_000, price_fen=7_002)
    reverse(odd.pk, now=NOW + timedelta(hours=1))
    (invoice,) = invoiced()
    browser = browser_of(owner(invoice))
    list_of = place_of(invoice).rsplit("/", 2)[0] + "/"
    for place in (list_of, place_of(invoice)):
        page = browser.get(place).content.decode()
        said = re.sub(r"<[^>]*>|\s", "", page)
        assert "应退给您70.02元" in said
    assert 'data-due="-7002"' in page
    assert "−2,000 币" in page
    assert set("应退给您") <= characters_in(browser.get(f"{place_of(invoice)}invoice.pdf").content)


def test_an_invoice_of_what_is_still_due_says_that_and_nothing_else() -> None:
    invoice = a_sponsors_invoice()
    rest = Invoice.objects.create(
        pk=uuid.uuid4(),
        month=month_after(invoice.month),
        side="sponsor",
        holder=invoice.holder,
        made_at=invoice.made_at,
        opening_fen=999,
        due_fen=999,
    )
    page = browser_of(owner(rest), "en").get(place_of(rest)).content.decode()
    said = re.sub(r"<[^>]*>|\s+", " ", page)
    for words in ("Due before 9.99 yuan", "Due 9.99 yuan", "The budgets did not change."):
        assert words in re.sub(" +", " ", said)
    paper = browser_of(owner(rest)).get(f"{place_of(rest)}invoice.pdf").content
    assert set("上期未结应付") <= characters_in(paper)


def test_the_organisations_own_page_leads_to_its_invoices() -> None:
    invoice = a_sponsors_invoice()
    list_of = place_of(invoice).rsplit("/", 2)[0] + "/"
    page = browser_of(owner(invoice)).get(list_of.removesuffix("invoices/")).content.decode()
    assert f'href="{list_of}"' in page


def test_a_line_leads_to_its_transactions() -> None:
    invoice = a_sponsors_invoice()
    line = invoice.lines.get(asset="CNY", issuer="CT")
    name = opaque_id("ivl", line.pk)
    page = browser_of(owner(invoice)).get(f"{place_of(invoice)}{name}/").content.decode()
    assert page.count("txn_") == 1
    assert page.count("40.01 元") == 2  # the line's sum and its one transaction's
    assert "−40.01" not in page  # what the books take from a sponsor, it is to pay
    strange = opaque_id("ivl", invoice.pk)
    assert browser_of(owner(invoice)).get(f"{place_of(invoice)}{strange}/").status_code == 404


def test_the_file_lists_every_transaction_and_adds_up() -> None:
    invoice = a_sponsors_invoice()
    answer = browser_of(owner(invoice)).get(f"{place_of(invoice)}invoice.csv")
    assert "no-store" in answer["Cache-Control"]  # a shared computer keeps no copy
    text = answer.getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert sum(int(row["amount"]) for row in rows if row["asset"] == "CNY") == 5_000
    assert sum(int(row["amount"]) for row in rows if row["asset"] == "COIN") == 1_500
    assert {row["issuer"] for row in rows if row["asset"] == "CNY"} == {"CT", "CU"}
    assert {(row["asset"], row["unit"]) for row in rows} == {("CNY", "fen"), ("COIN", "coin")}
    assert len({row["transaction"] for row in rows}) == 2


def test_the_paper_has_letters_as_text() -> None:
    invoice = a_sponsors_invoice()
    answer = browser_of(owner(invoice)).get(f"{place_of(invoice)}invoice.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert set("账单采购应付元") <= characters_in(answer.content)


def test_a_partners_paper_and_file_name_who_pays() -> None:
    merchant = a_selling_partner().merchant
    (invoice,) = [one for one in invoiced() if one.side == "merchant"]
    browser = browser_of(owner_of(merchant))
    assert set("由谁支付应收") <= characters_in(
        browser.get(f"{place_of(invoice)}invoice.pdf").content
    )
    answer = browser.get(f"{place_of(invoice)}invoice.csv")
    text = answer.getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert sum(int(row["amount"]) for row in rows if row["asset"] == "CNY") == 360


def test_the_api_says_the_same() -> None:
    invoice = a_sponsors_invoice()
    client = APIClient()
    client.force_authenticate(owner(invoice))
    door = f"/api/v1{place_of(invoice)[:-1]}"
    found = client.get(door).json()
    assert (found["ordered_fen"], found["paid_fen"], found["due_fen"]) == (5_000, 5_000, 0)
    assert [charge["fen"] for charge in found["charges"]] == [4_001, 999]
    assert [budget["amount"] for budget in found["budgets"]] == [1_500]
    listed = client.get(door.rsplit("/", 1)[0]).json()
    assert [one["id"] for one in listed["results"]] == [found["id"]]
    behind = client.get(f"{door}/lines/{found['budgets'][0]['id']}/transactions").json()
    assert [row["amount"] for row in behind] == [1_000, 500]
    assert client.get(f"{door}/lines/{found['budgets'][0]['id']}/transactions?after=1").json() == [
        behind[1]
    ]


def test_whoever_does_not_belong_finds_nothing() -> None:
    invoice = a_sponsors_invoice()
    stranger = a_holder()
    assert stranger.user is not None
    list_of = place_of(invoice).rsplit("/", 2)[0] + "/"
    line = opaque_id("ivl", invoice.lines.filter(asset="COIN")[0].pk)
    own = place_of(invoice)
    for place in (list_of, own, f"{own}{line}/", f"{own}invoice.csv", f"{own}invoice.pdf"):
        assert browser_of(stranger.user).get(place).status_code == 404
    for door in (list_of, own, f"{own}lines/{line}/transactions/"):
        assert client_of(stranger).get(f"/api/v1{door[:-1]}").status_code == 404


def test_another_organisations_owner_finds_nothing_under_its_own_name() -> None:
    invoice = a_sponsors_invoice()
    other = a_sponsor(owner=a_user(), now=NOW)
    user = Member.objects.get(organisation=other.holder, role=Member.Role.OWNER).user
    theirs = opaque_id("hld", invoice.holder_id)
    own = place_of(invoice).replace(theirs, opaque_id("hld", other.holder_id))
    for place in (own, f"{own}invoice.csv", f"{own}invoice.pdf"):
        assert browser_of(user).get(place).status_code == 404
    client = APIClient()
    client.force_authenticate(user)
    assert client.get(f"/api/v1{own[:-1]}").status_code == 404


def test_the_staff_reads_it_and_changes_nothing() -> None:
    invoice = a_sponsors_invoice()
    staff = a_user()
    User.objects.filter(pk=staff.pk).update(is_staff=True, is_superuser=True)
    staff.refresh_from_db()
    door = f"/admin/wallet/invoice/{invoice.pk}/change/"
    page = browser_of(staff).get(door).content.decode()
    assert "40.01 元" in page
    assert "中国联通" in page
    listed = browser_of(staff).get("/admin/wallet/invoice/").content.decode()
    assert "50.00" in listed
    assert "赞助方" in listed
    assert browser_of(staff).post(door, {"due_fen": "1"}).status_code == 403
    Invoice.objects.filter(pk=invoice.pk).update(opening_fen=-1, due_fen=-1)
    for place in (door, "/admin/wallet/invoice/"):
        page = browser_of(staff).get(place).content.decode()
        assert "应退赞助方" in page
        assert "给您" not in page
        assert "Due back to the sponsor" in browser_of(staff, "en").get(place).content.decode()
    with translation.override("zh-hans"):
        assert due_words_for_staff(side="merchant", fen=5) == "应付商户"
