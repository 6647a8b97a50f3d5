"""Owners are told once that an invoice is ready: when its month is closed, and where to look."""

import uuid

import pytest
from django.utils import translation

from ledger.months.models import Close
from tests.given import MONTH, NOW, a_holder, a_user
from tests.given_invoices import CLOSES_AT, a_months_orders, a_selling_partner, invoiced
from tests.given_notices import a_mail_of
from tests.wallet.invoices.test_doors import browser_of, place_of
from wallet.holders.models import Holder, Member, Notice, User
from wallet.holders.rules import opaque_id
from wallet.home.sentences import notice_page, notice_words
from wallet.invoices.models import Invoice
from wallet.invoices.operations import tell_of_invoices
from wallet.invoices.queries import notice_of
from wallet.notify.letters import letter_of
from wallet.notify.models import Message
from wallet.notify.operations import claim_message, pass_on_notices

pytestmark = pytest.mark.django_db


def ready() -> list[Invoice]:
    """Write the month's invoices, and say that its close has ended."""
    written = invoiced()
    Close.objects.update(ended_at=CLOSES_AT)
    return written


def a_member(organisation: Holder, *, role: str = Member.Role.OWNER) -> Holder:
    """Return a person with a wallet who belongs to an organisation."""
    person = a_holder()
    assert person.user is not None
    Member.objects.create(organisation=organisation, user=person.user, role=role)
    return person


def told(invoice: Invoice) -> list[Notice]:
    return list(Notice.objects.filter(subject_id=invoice.pk).order_by("id"))


def test_nobody_is_told_before_the_close_has_ended() -> None:
    a_months_orders()
    invoiced()
    assert tell_of_invoices(now=CLOSES_AT) == 0
    assert not Notice.objects.filter(kind__startswith="invoice").exists()


def test_every_owner_is_told_once_and_led_to_the_invoice() -> None:
    sponsor = a_months_orders()
    first, second = (a_member(sponsor.holder) for _ in range(2))
    a_member(sponsor.holder, role=Member.Role.VIEWER)
    (invoice,) = ready()
    assert tell_of_invoices(now=CLOSES_AT) == 1
    assert tell_of_invoices(now=CLOSES_AT) == 0
    notices = told(invoice)
    assert {one.holder_id for one in notices} == {second.pk, first.pk}
    notice = notices[0]
    name = invoice.holder.name
    assert notice_words(notice) == f"“{name}”2026-11 的账单出来了，没有要付的款。"
    with translation.override("en"):
        assert notice_words(notice).startswith(f"The invoice of “{name}” for 2026-11 is ready")
    page = notice_page(notice)
    assert page == f"/invoices/{opaque_id('ivc', invoice.pk)}/"
    assert second.user is not None
    assert browser_of(second.user).get(page)["Location"] == place_of(invoice)
    stranger = a_holder()
    assert stranger.user is not None
    assert browser_of(stranger.user).get(page).status_code == 404
    assert browser_of(second.user).get("/invoices/ivc_x/").status_code == 404


def test_a_merchant_is_told_what_it_gets() -> None:
    owner = a_member(a_selling_partner().merchant.holder)
    (invoice,) = [one for one in ready() if one.side == "merchant"]
    tell_of_invoices(now=CLOSES_AT)
    (notice,) = told(invoice)
    assert notice.holder == owner
    assert notice_words(notice).endswith("应收 3.60 元。")


@pytest.mark.parametrize(
    ("side", "fen", "kind"),
    [
        ("sponsor", 0, "invoice_ready"),
        ("sponsor", 1_200, "invoice_due"),
        ("sponsor", -1_200, "invoice_credit"),
        ("merchant", 0, "invoice_ready"),
        ("merchant", 1_200, "invoice_credit"),
        ("merchant", -1_200, "invoice_due"),
    ],
)
def test_it_says_who_is_to_pay(side: str, fen: int, kind: str) -> None:
    holder = Holder(pk=uuid.uuid4(), kind=Holder.Kind.ORGANISATION, name="阿里")
    invoice = Invoice(side=side, holder=holder, month=MONTH, due_fen=fen)
    yuan = "12.00" if fen else "0.00"
    assert notice_of(invoice) == (kind, {"organisation": "阿里", "month": "2026-11", "yuan": yuan})


def test_an_email_goes_out_when_the_night_is_over() -> None:
    reader = a_member(a_months_orders().holder)
    a_mail_of(reader, now=NOW)
    (invoice,) = ready()
    tell_of_invoices(now=CLOSES_AT)
    pass_on_notices(now=CLOSES_AT)
    message = Message.objects.get(subject_id=invoice.pk, user=None)
    assert (message.holder, message.channel) == (reader, "mail")
    assert message.next_at == CLOSES_AT.replace(hour=8, minute=0)


def an_owner_without_wallet(organisation: Holder, *, is_proved: bool = True) -> User:
    """Return somebody who signs in, owns the organisation, and has no wallet and no inbox."""
    user = a_user()
    User.objects.filter(pk=user.pk).update(phone_verified_at=NOW if is_proved else None)
    Member.objects.create(organisation=organisation, user=user, role=Member.Role.OWNER)
    return user


def test_an_owner_without_a_wallet_is_texted_once_in_the_morning() -> None:
    sponsor = a_months_orders()
    before = {each.user_id for each in Member.objects.filter(organisation=sponsor.holder)}
    owner, second = (an_owner_without_wallet(sponsor.holder) for _ in range(2))
    an_owner_without_wallet(sponsor.holder, is_proved=False)
    (invoice,) = ready()
    tell_of_invoices(now=CLOSES_AT)
    Invoice.objects.update(told_at=None)  # as if what told of it had been killed
    tell_of_invoices(now=CLOSES_AT)
    made = Message.objects.filter(subject_id=invoice.pk).exclude(user__in=before)
    assert {row.user_id for row in made} == {owner.pk, second.pk}
    assert len(made) == 2
    assert not Notice.objects.exists()
    morning = CLOSES_AT.replace(hour=8, minute=0)
    assert claim_message(now=CLOSES_AT) is None
    claim = claim_message(now=morning)
    assert claim is not None
    assert claim.message.user is not None
    text = letter_of(claim.message)
    assert text.to == claim.message.user.phone
    assert f"“{invoice.holder.name}”2026-11 的账单出来了" in text.body
    assert f"/invoices/{opaque_id('ivc', invoice.pk)}/" in text.body


def test_who_is_no_owner_any_more_is_not_texted() -> None:
    sponsor = a_months_orders()
    owner = an_owner_without_wallet(sponsor.holder)
    ready()
    tell_of_invoices(now=CLOSES_AT)
    Member.objects.filter(user=owner).update(role=Member.Role.VIEWER)
    while claim_message(now=CLOSES_AT.replace(hour=8, minute=0)):
        pass
    row = Message.objects.get(user=owner)
    assert (row.state, row.reason) == ("dropped", "unwanted")


def test_the_own_page_leads_to_the_newest_invoice_with_and_without_a_wallet() -> None:
    sponsor = a_months_orders()
    clerk, owner = an_owner_without_wallet(sponsor.holder), a_member(sponsor.holder)
    (invoice,) = ready()
    assert owner.user is not None
    for person in (clerk, owner.user):
        assert "最新的账单" not in browser_of(person).get("/me/").content.decode()
    tell_of_invoices(now=CLOSES_AT)
    stranger = a_holder().user
    assert stranger is not None
    for person, is_there in ((clerk, True), (owner.user, True), (stranger, False)):
        page = browser_of(person).get("/me/").content.decode()
        assert (place_of(invoice) in page) is is_there
