"""The forms to buy and to sell."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exchange.market.queries import Stock
from exchange.orders.models import Book, Order
from exchange.orders.operations import LOTS_MAX
from wallet.holders.sentences import package_words

KINDS = (
    (Order.Kind.LIMIT.value, _("限价：挂着等，月底前都有效")),
    (Order.Kind.MARKET.value, _("市价：立刻成交，价格不差于上面的，其余退回")),
)


class OrderForm(forms.Form):
    """What both forms ask: a price and how many lots."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    side = forms.ChoiceField(choices=Order.Side.choices, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("方式"), choices=KINDS, initial=Order.Kind.LIMIT)
    price_coins = forms.IntegerField(label=_("每手价格（币）"))
    lots = forms.IntegerField(label=_("手数"), min_value=1, max_value=LOTS_MAX)

    def __init__(self, *args: Any, book: Book, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        price = self.fields["price_coins"]
        price.help_text = gettext("%(low)s 到 %(high)s 币") % {
            "low": book.price_min,
            "high": book.price_max,
        }
        price.widget.attrs |= {
            "min": book.price_min,
            "max": book.price_max,
            "step": book.tick_coins,
        }


class BuyForm(OrderForm):
    """Buy lots at a price or below."""

    at_once = forms.BooleanField(label=_("买到立刻送到我的号码"), required=False)


class SellForm(OrderForm):
    """Sell lots of one of my lines at a price or above."""

    line = forms.ChoiceField(label=_("卖哪份流量"))

    def __init__(self, *args: Any, stocks: list[Stock], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stocks = {f"{stock.line.number.pk}/{stock.line.package}": stock for stock in stocks}
        self.fields["line"].choices = [  # type: ignore[attr-defined]
            (key, f"{stock.mb:,} MB · {package_words(stock.line.package)} · {stock.line.number}")
            for key, stock in self.stocks.items()
        ]
