"""The form of a new gift: what, how much, to whom."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledger.rules import AMOUNT_MAX, COIN
from wallet.carriers.rules import masked
from wallet.contacts.queries import contacts_of, names_by_number
from wallet.gift.queries import friend_words, recipient_in, relations_of
from wallet.gift.rules import goods_word
from wallet.holders.models import Holder
from wallet.holders.queries import balances_of
from wallet.holders.rules import GREETING_LENGTH_MAX, opaque_id
from wallet.holders.sentences import amount_words, asset_words, package_words

Choices = list[tuple[str, str]]

FREQUENT_SHOWN = 8
CONTACTS_SHOWN = 50


class GiftForm(forms.Form):
    """What to give, how much, to whom."""

    what = forms.ChoiceField(label=_("送什么"))
    amount = forms.IntegerField(
        label=_("送多少"),
        min_value=1,
        max_value=AMOUNT_MAX,
        help_text=_("币或 MB，1 币 = 1 MB。"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    # Not a choice field: whom it names is found when the gift is made, and refused there.
    to = forms.CharField(label=_("送给谁"), max_length=40, required=False, widget=forms.Select)
    locked_to = forms.CharField(
        label=_("或者填一个手机号（可不填）"),
        max_length=40,
        required=False,
        help_text=_("选了人或填了号码，就只有这个人能领。"),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
    )
    greeting = forms.CharField(
        label=_("祝福语（可不填）"), max_length=GREETING_LENGTH_MAX, required=False
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, holder: Holder, to: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _goods(holder)
        people = self.fields["to"].widget
        assert isinstance(people, forms.Select)
        people.choices = _people(holder, to=to)

    def clean_locked_to(self) -> str:
        """Refuse two recipients.

        Raises:
            ValidationError: somebody was chosen and another number filled in.
        """
        number: str = self.cleaned_data["locked_to"]
        if number and self.cleaned_data.get("to"):
            raise ValidationError(_("选一个人，或者填一个号码，不要都填。"))
        return number


def _goods(holder: Holder) -> Choices:
    """Return what a holder has to give, with how much of it there is."""
    held = balances_of(holder)
    left = gettext("%(what)s，有 %(amount)s")
    goods = [(COIN, COIN, held.coins)]
    goods += [(one.asset, one.asset, one.amount) for one in held.goods if goods_word(one.asset)]
    choices = [
        (value, left % {"what": asset_words(asset), "amount": amount_words(amount, asset)})
        for value, asset, amount in goods
    ]
    return choices + [
        (
            f"{opaque_id('num', line.number.pk)}/{line.package}/{line.asset}",
            left
            % {
                "what": f"{asset_words(line.asset)} {line.number} {package_words(line.package)}",
                "amount": amount_words(line.mb, line.asset),
            },
        )
        for line in held.lines
        if goods_word(line.asset) == "SURPLUS"
    ]


def _people(holder: Holder, *, to: str) -> list[tuple[str, str | Choices]]:
    """Return whom a holder may mean: whoever opens the link, friends of earlier gifts, contacts.

    `to` is whom another page proposes.
    """
    frequent = [
        (one.gift, one.name) for one in relations_of(holder, limit=FREQUENT_SHOWN) if one.gift
    ]
    kept = [
        (opaque_id("ctc", one.pk), f"{one.name} {masked(msisdn=one.msisdn)}")
        for one in contacts_of(holder)[:CONTACTS_SHOWN]
    ]
    people: list[tuple[str, str | Choices]] = [("", gettext("谁先打开链接谁领取"))]
    if to and to not in dict(frequent + kept):
        people.append((to, _named(holder, to=to)))
    if frequent:
        people.append((gettext("常送的人"), frequent))
    if kept:
        people.append((gettext("通讯录"), kept))
    return people


def _named(holder: Holder, *, to: str) -> str:
    """Return what a holder calls whom another page proposes."""
    meant = recipient_in(to, holder=holder)
    kept = names_by_number(holder)
    if meant.friend_of is None:
        return kept.get(meant.locked_to, masked(msisdn=meant.locked_to))
    gift = meant.friend_of
    friend = gift.claimer if gift.sender_id == holder.pk else gift.sender
    return friend_words(friend, kept=kept) or gettext("朋友")
