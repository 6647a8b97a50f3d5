"""What a mainland phone number says by itself: its form, its original carrier, its mask."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ledger.refusals import Refusal

CARRIERS: Final = {"CT": "中国电信", "CU": "中国联通", "CM": "中国移动", "MV": "虚拟运营商"}

_PREFIXES_OF: Final = {
    "CM": "134 135 136 137 138 139 147 148 150 151 152 157 158 159 172 178 182 183 184 187 188"
    " 195 197 198",
    "CU": "130 131 132 145 146 155 156 166 175 176 185 186 196",
    "CT": "133 149 153 173 177 180 181 189 190 191 193 199",
    "MV": "162 165 167 170 171",
}
_CARRIER_BY_PREFIX: Final = {
    prefix: carrier for carrier, prefixes in _PREFIXES_OF.items() for prefix in prefixes.split()
}
_CODE: Final = re.compile(r"[A-Z]{2,4}")
_SEPARATORS: Final = re.compile(r"[\s().\-\u2010-\u2015]+")
_NUMBER: Final = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")
_NUMBER_IN_TEXT: Final = re.compile(r"(?<![0-9A-Za-z-])1[3-9][0-9]{9}(?![0-9A-Za-z-])")
_TYPED_LENGTH_MAX: Final = 40


class MsisdnUnreadable(Refusal):
    """The text is not a mainland mobile number."""

    code = "msisdn_unreadable"
    status = 400


class Quality(StrEnum):
    """How far a detected carrier can be trusted; later ones outrank earlier ones."""

    PREFIX = "prefix"
    CARRIER = "carrier"
    USER = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """Who serves a number; `carrier` is None when nobody could tell."""

    carrier: str | None
    province: str | None
    quality: Quality


def normalised(*, typed: str) -> str:
    """Return the eleven digits of a number as people type it.

    Raises:
        MsisdnUnreadable: it is not a mainland mobile number.
    """
    if len(typed) <= _TYPED_LENGTH_MAX:
        # NFKC first: Chinese keyboards produce full-width digits and plus signs.
        digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", typed))
        if found := _NUMBER.fullmatch(digits):
            return found[1]
    raise MsisdnUnreadable("This is not a mainland mobile number.")


def is_msisdn(*, text: str) -> bool:
    """Say whether the text is a number in the one form we store."""
    return re.fullmatch(r"1[3-9][0-9]{9}", text) is not None


def masked(*, msisdn: str) -> str:
    """Return the number with its middle hidden, as pages and logs may show it."""
    return f"{msisdn[:3]}****{msisdn[-4:]}"


def masked_in(*, text: str) -> str:
    """Return a text with the middle of every number in it hidden."""
    return _NUMBER_IN_TEXT.sub(lambda found: masked(msisdn=found[0]), text)


def is_carrier_code(text: str) -> bool:
    """Say whether the text may be a carrier's code; whether there is one, its row says."""
    return _CODE.fullmatch(text) is not None


def original_carrier(*, msisdn: str) -> str | None:
    """Return the carrier the number was first issued by; it may have been ported since."""
    return _CARRIER_BY_PREFIX.get(msisdn[:3])


def detected_by_prefix(*, msisdn: str) -> Detected:
    """Return the original carrier as a detection of the lowest quality."""
    return Detected(carrier=original_carrier(msisdn=msisdn), province=None, quality=Quality.PREFIX)
