"""Amounts, goods, numbers and refusals in the reader's language."""

from django import template

from ledger.refusals import Refusal
from wallet.holders import sentences

register = template.Library()


#: What belongs to a tab without lying under its address, by the first word of the path.
TABS = {
    "/gifts/": {"contacts", "packets", "fair"},
    "/convert/": {"conversions", "deliver", "deliveries", "purchases"},
    "/history/": {"cases", "receipts", "statements"},
    "/me/": {
        *("inbox", "notify", "numbers", "organisations"),
        *("merchants", "office", "sponsor"),
    },
}


@register.filter
def is_under(path: str, url: str) -> bool:
    """Tell whether a page belongs to the tab with an address; the home page is only itself."""
    if url == "/":
        return path == url
    return path.startswith(url) or path.strip("/").partition("/")[0] in TABS.get(url, ())


@register.filter
def grouped(number: int) -> str:
    """Say a whole number with its thousands parted: 12,345."""
    return f"{number:,}"


@register.filter
def signed(number: int) -> str:
    """Say a whole number with its sign, a true minus before the negative: −12,345."""
    return f"+{number:,}" if number > 0 else f"−{-number:,}" if number < 0 else "0"


@register.filter
def coins(number: int) -> str:
    """Say an amount of coins: 12,345 币."""
    return sentences.coins_words(number)


@register.filter
def mb(number: int) -> str:
    """Say an amount of data in whole MB."""
    return f"{number:,} MB"


@register.filter
def of_asset(number: int, asset: str) -> str:
    """Say an amount with the unit of its asset."""
    return sentences.amount_words(number, asset)


@register.filter
def unit(asset: str) -> str:
    """Say the unit of an asset, to stand after its number."""
    return sentences.unit_words(asset)


@register.filter
def asset_name(asset: str) -> str:
    """Say what an asset is: the goods, whose network, until which month."""
    return sentences.asset_words(asset)


@register.filter
def carrier_name(code: str) -> str:
    """Say a carrier's name in the reader's language."""
    return sentences.carrier_words(code)


@register.filter
def package_kind(kind: str) -> str:
    """Say where or when a package's data may be used."""
    return sentences.named(sentences.PACKAGE_KINDS, kind)


@register.filter
def package_name(package: str) -> str:
    """Say a package's name."""
    return sentences.package_words(package)


@register.filter
def reason_name(reason: str) -> str:
    """Say why something is set aside."""
    return sentences.named(sentences.REASONS, reason)


@register.filter
def tier_name(tier: int) -> str:
    """Say how well a person is known."""
    return sentences.named(sentences.TIERS, tier)


@register.filter
def role_name(role: str) -> str:
    """Say what a person may do for an organisation."""
    return sentences.named(sentences.ROLES, role)


@register.filter
def masked(msisdn: str) -> str:
    """Say a phone number without its middle: 138****8000."""
    national = msisdn.removeprefix("+86")
    return f"{national[:3]}****{national[-4:]}"


@register.filter
def sentence(refusal: Refusal) -> str:
    """Say why it did not work."""
    return sentences.sentence_of(refusal)
