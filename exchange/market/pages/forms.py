"""The forms to buy and to sell: how much, and now or at my price."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exchange.market.queries import Stock
from exchange.market.rules import Snapshot, quote_of
from exchange.orders.models import Book, Order
from exchange.orders.operations import LOTS_MAX
from wallet.holders.models import Number
from wallet.holders.rules import opaque_id
from wallet.holders.sentences import package_words


class OrderForm(forms.Form):
    """What both forms ask: how many lots, and now or at a price of one's own.

    Now means: at the prices shown, or better; `guard` is the worst price that was shown.
    """

    key = forms.UUIDField(widget=forms.HiddenInput)
    side = forms.ChoiceField(choices=Order.Side.choices, widget=forms.HiddenInput)
    lots = forms.IntegerField(label=_("多少手"), min_value=1, max_value=LOTS_MAX)
    kind = forms.ChoiceField(
        label=_("什么价"),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("集合竞价里没有现价：请填您的价，挂着等。")},
    )
    price_coins = forms.IntegerField(label=_("我的价，每手（币）"), required=False)
    guard = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, book: Book, snapshot: Snapshot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.snapshot = snapshot
        price, lots = self.fields["price_coins"], self.fields["lots"]
        price.help_text = gettext("%(low)s 到 %(high)s 币") % {
            "low": book.price_min,
            "high": book.price_max,
        }
        price.widget.attrs |= {
            "min": book.price_min,
            "max": book.price_max,
            "step": book.tick_coins,
        }
        lots.help_text = gettext("一手 %(size)s MB") % {"size": book.lot_mb}
        lots.widget.attrs |= {
            "hx-get": reverse("market_quote", args=[opaque_id("bok", book.pk), self.prefix]),
            "hx-trigger": "input changed delay:300ms",
            "hx-target": f"#{self.prefix}-quote",
        }

    def _offer(self, *, now: str, mine: str) -> None:
        """Offer a price of mine; and the price of now, where there is one: not in a call."""
        choices = [(Order.Kind.MARKET.value, now), (Order.Kind.LIMIT.value, mine)]
        is_call = self.snapshot.phase == Book.Phase.CALL
        self.fields["kind"].choices = choices[1:] if is_call else choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for a price of mine; for an order of now take the one that was shown."""
        fields = super().clean() or {}
        if self.errors:
            return fields
        if fields["kind"] == Order.Kind.LIMIT:
            if fields.get("price_coins") is None:
                self.add_error("price_coins", gettext("请填您的价。"))
            return fields
        # A price typed before "now" was chosen is hidden then: what was shown goes first.
        shown = fields.get("guard") or fields.get("price_coins")
        fields["price_coins"] = shown or self._worst(fields["lots"])
        if fields["price_coins"] is None:
            self.add_error("kind", gettext("现在对面没有挂单：请填您的价，挂着等。"))
        return fields

    def _worst(self, lots: int) -> int | None:
        is_buy = self.prefix == "buy"
        levels = self.snapshot.asks if is_buy else self.snapshot.bids
        return quote_of(levels, lots=lots).worst_coins


class BuyForm(OrderForm):
    """Buy lots now, or at a price or below."""

    field_order = ("lots", "kind", "price_coins", "at_once")
    at_once = forms.BooleanField(label=_("买到立刻送到我的号码"), required=False)

    def __init__(self, *args: Any, number: Number | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if number is None:  # nothing to choose: there is nowhere to deliver to
            self.fields["at_once"].widget = forms.HiddenInput()
        self._offer(
            now=gettext("现在买：按上面的价或更低，买不到的退回"),
            mine=gettext("我出价：挂着等，月底前都有效"),
        )


class SellForm(OrderForm):
    """Sell lots of one of my lines now, or at a price or above."""

    field_order = ("line", "lots", "kind", "price_coins")
    line = forms.ChoiceField(label=_("卖哪份流量"))

    def __init__(self, *args: Any, stocks: list[Stock], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stocks = {f"{stock.line.number.pk}/{stock.line.package}": stock for stock in stocks}
        self._offer(
            now=gettext("现在卖：按上面的价或更高，卖不掉的退回"),
            mine=gettext("我要价：挂着等，月底前都有效"),
        )
        self.fields["line"].choices = [  # type: ignore[attr-defined]
            (key, f"{stock.line.number} · {stock.mb:,} MB · {package_words(stock.line.package)}")
            for key, stock in self.stocks.items()
        ]
