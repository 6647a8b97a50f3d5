"""What the login package asks of us: a person is a phone number and the code sent to it.

Known and new numbers take the same steps and see the same pages, so nobody learns from them
whether a number has a wallet: a number asked for gets a person at once, and a wallet when its
code comes back.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.fields import PhoneField
from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wallet.carriers.rules import MsisdnUnreadable, normalised
from wallet.holders.models import User
from wallet.holders.operations import expect_user, verify_phone
from wallet.holders.queries import user_with_phone
from wallet.holders.rules import COUNTRY
from wallet.holders.texts import send_text


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the package has no types
    """Sign in by phone code only."""

    error_messages = {  # noqa: RUF012  the package's own name and form
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("这个账户已停用。请联系客服。"),
        "incorrect_code": _("验证码不对。"),
        "too_many_login_attempts": _("试的次数太多了，请过一会儿再来。"),
        "rate_limited": _("请求太频繁了，请过一会儿再试。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """There is no sign-up of its own: a new number signs in like any other."""
        return False

    def add_message(
        self, request: HttpRequest, level: int, *args: Any, message: str | None = None, **more: Any
    ) -> None:
        """Show what went wrong; what went right is seen from the next page."""
        if message:
            super().add_message(request, level, message=message)

    def phone_form_field(self, **options: Any) -> forms.Field:
        """Return a field that takes a number as people type it."""
        attributes = {"type": "tel", "inputmode": "tel", "autocomplete": "tel", "autofocus": True}
        field: forms.Field = PhoneField(
            label=_("手机号"),
            validators=[],
            max_length=40,
            widget=forms.TextInput(attrs=attributes),
            **options,
        )
        return field

    def clean_phone(self, phone: str) -> str:
        """Return a typed number as E.164.

        Raises:
            ValidationError: it is not a mainland mobile number.
        """
        try:
            return COUNTRY + normalised(typed=phone)
        except MsisdnUnreadable as refusal:
            raise ValidationError(_("请填 11 位手机号。"), code=refusal.code) from refusal

    def get_user_by_phone(self, phone: str) -> User | None:
        """Return who signs in with a phone."""
        return user_with_phone(phone)

    def get_phone(self, user: User) -> tuple[str, bool]:
        """Return a person's phone and whether its code ever came back."""
        return user.phone, user.phone_verified_at is not None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:  # noqa: FBT001  the package's
        """Give a person another phone to sign in with."""
        user.phone = phone
        user.phone_verified_at = timezone.now() if verified else None
        user.save(update_fields=["phone", "phone_verified_at"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Open the wallet of a person whose code came back."""
        verify_phone(user=user, msisdn=phone, now=timezone.now())

    def send_verification_code_sms(self, user: User, phone: str, code: str, **more: Any) -> None:
        """Send a code."""
        body = gettext("【流量币】验证码 %(code)s，5 分钟内有效。不要告诉任何人。")
        send_text(phone=phone, body=body % {"code": code})


class AskForCode(RequestLoginCodeForm):  # type: ignore[misc]  # the package has no types
    """A phone number, known or new, that a code is sent to."""

    _user: User | None

    def clean_phone(self) -> str:
        """Return the number; whoever it belongs to is there afterwards, so that all look alike."""
        phone: str = super().clean_phone()
        if self._user is None:
            self._user = expect_user(phone=phone)
        return phone


class CodeOfPhone(ConfirmLoginCodeForm):  # type: ignore[misc]  # the package has no types
    """The digits that came to a phone."""

    code = forms.CharField(
        label=_("验证码"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )
