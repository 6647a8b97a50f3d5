"""Corrections in words: what each kind is, and why it came after the close."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from wallet.holders.sentences import asset_words

KINDS_OF_CORRECTION = {
    "late_roll": _("补办结转"),
    "late_expire": _("不能再结转，到期"),
    "data_delivery_failed": _("月底后发放失败，按当月补给"),
    "adjustment": _("两人调整"),
    "reversal": _("冲正"),
}


def correction_words(kind: str) -> str:
    """Say what a correction is; a kind without words is named."""
    return str(KINDS_OF_CORRECTION.get(kind, kind))


def why_late(*, kind: str, file: str, is_late: bool) -> str:
    """Say what brought a correction about: a file that came late, or a word that did."""
    if is_late:
        return file
    if kind in {"data_delivery_failed", "adjustment", "reversal"} and not file:
        return str(_("运营商的答复"))
    if not file:
        return str(_("没有使用量文件"))
    return str(_("号码或本人的话来得晚；数字来自 %(file)s")) % {"file": file}


def moved_words(moved: Mapping[str, int]) -> list[tuple[str, int, str]]:
    """Say what was moved, asset by asset: its words, its units, and the asset itself."""
    return [(asset_words(asset), amount, asset) for asset, amount in sorted(moved.items())]
