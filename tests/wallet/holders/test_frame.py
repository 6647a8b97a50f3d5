"""What every page shares: language, errors, refusals beside a form."""

import uuid

import pytest
from django import forms
from django.db import transaction
from django.test import Client, RequestFactory
from django.utils import translation

from config.problems import server_error
from config.refusals import RefusalPage
from ledger.operations import post
from ledger.refusals import BalanceTooLow, InvalidPosting
from ledger.rules import COIN, Posting, move
from tests.given import NOW, a_holder
from tests.given_merchants import a_merchant
from wallet.holders.pages import form_refusals
from wallet.holders.queries import main_of
from wallet.holders.sentences import sentence_of


class AmountForm(forms.Form):
    coins = forms.IntegerField(min_value=1, help_text="1–500")


@pytest.mark.django_db
def test_an_unknown_address_answers_in_the_readers_language() -> None:
    client = Client(headers={"host": "127.0.0.1"})
    chinese = client.get("/no/such/page")
    english = client.get("/no/such/page", headers={"accept-language": "en"})
    assert (chinese.status_code, english.status_code) == (404, 404)
    assert "没有这个页面" in chinese.content.decode()
    assert 'lang="en"' in english.content.decode()
    assert "No such page" in english.content.decode()


@pytest.mark.django_db
def test_the_language_switch_is_kept() -> None:
    client = Client(headers={"host": "127.0.0.1"})
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/no/such/page"})
    assert answer.status_code == 302
    assert "No such page" in client.get("/no/such/page").content.decode()


def test_our_own_fault_is_told_without_the_database() -> None:
    answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "出错了" in answer.content.decode()


def test_a_refusal_without_a_form_is_a_page_of_its_own() -> None:
    page = RefusalPage(lambda _: pytest.fail("not called"))
    with translation.override("en"):
        answer = page.process_exception(RequestFactory().get("/"), BalanceTooLow("low"))
    assert answer is not None
    assert answer.status_code == BalanceTooLow.status
    assert "There is not enough in the account." in answer.content.decode()
    assert 'data-code="balance_too_low"' in answer.content.decode()


@pytest.mark.django_db
def test_a_part_of_a_page_never_becomes_the_login_page() -> None:
    client = Client(headers={"host": "127.0.0.1"})
    part = client.get("/history/", headers={"hx-request": "true"})
    assert (part.status_code, part.headers["HX-Refresh"]) == (204, "true")
    assert client.get("/history/").headers["location"].startswith("/account/login/?next=")


def test_a_refusal_stands_above_its_form() -> None:
    form = AmountForm({"coins": "5"})
    assert form.is_valid()
    with form_refusals(form):
        raise BalanceTooLow("low")
    assert not form.is_valid()
    assert "余额不够。" in str(form)


@pytest.mark.django_db
def test_what_is_short_is_said_with_what_is_there_and_never_anothers() -> None:
    holder, merchant = a_holder(coins=30), a_merchant(coins=20)
    with pytest.raises(BalanceTooLow) as caught:
        _give_from(main_of(holder), 1_200)
    assert sentence_of(caught.value) == "余额不够：现有 30 币，这次要用 1,200 币。"
    with pytest.raises(BalanceTooLow) as caught:
        _give_from(f"merchant/{merchant.pk}/budget", 1_200)
    assert sentence_of(caught.value) == "余额不够。"


def _give_from(address: str, coins: int) -> None:
    legs = move(asset=COIN, amount=coins, source=address, target="issuer/CT")
    with transaction.atomic():
        post(Posting(id=uuid.uuid4(), kind="correction", at=NOW, actor="test", legs=legs))


def test_what_is_no_refusal_is_not_swallowed() -> None:
    form = AmountForm({"coins": "5"})
    assert form.is_valid()
    with pytest.raises(ZeroDivisionError), form_refusals(form):
        raise ZeroDivisionError


def test_a_code_without_a_sentence_says_its_message() -> None:
    form = AmountForm({"coins": "5"})
    assert form.is_valid()
    with form_refusals(form):
        raise InvalidPosting("Legs do not sum to zero.")
    assert "Legs do not sum to zero." in str(form)


def test_a_field_names_its_help_and_its_error() -> None:
    html = str(AmountForm({"coins": "0"}))
    assert '<label for="id_coins">' in html
    assert 'aria-describedby="id_coins_helptext id_coins_error"' in html
    assert 'id="id_coins_helptext"' in html
    assert 'id="id_coins_error"' in html
    assert 'aria-invalid="true"' in html
