"""The text that takes a code to a number."""

from django.utils.translation import gettext

from wallet.holders.rules import COUNTRY
from wallet.holders.texts import send_text
from wallet.numbers.models import NumberCode
from wallet.numbers.queries import digits_of


def send_number_code(code: NumberCode) -> None:
    """Send the digits to the number they are for."""
    body = gettext("【流量币】验证码 %(code)s，5 分钟内有效。有人要把这个号码加到自己的钱包。")
    send_text(phone=COUNTRY + code.msisdn, body=body % {"code": digits_of(code)})
