"""Addresses of the market's doors."""

from django.urls import URLPattern, URLResolver, path

from exchange.market import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("books", api.Books.as_view(), name="api_books"),
    path("books/<str:book>/depth", api.Depth.as_view(), name="api_depth"),
    path("books/<str:book>/snapshot", api.WholeSnapshot.as_view(), name="api_snapshot"),
    path("books/<str:book>/ticker", api.LastDay.as_view(), name="api_ticker"),
    path("books/<str:book>/quote", api.QuotedLots.as_view(), name="api_quote"),
    path("books/<str:book>/live", api.LiveStream.as_view(), name="api_live"),
    path("books/<str:book>/trades", api.BookTrades.as_view(), name="api_book_trades"),
    path("books/<str:book>/candles", api.BookCandles.as_view(), name="api_candles"),
    path(
        "books/<str:book>/cancel-orders",
        api.CancelledOrdersOfBook.as_view(),
        name="api_cancel_orders_of_book",
    ),
    path("orders", api.Orders.as_view(), name="api_orders"),
    path("orders/cancel-all", api.CancelledOrders.as_view(), name="api_cancel_orders"),
    path("orders/live", api.OwnStream.as_view(), name="api_own_live"),
    path("orders/<str:order>", api.OneOrder.as_view(), name="api_order"),
    path("orders/<str:order>/cancel", api.CancelledOrder.as_view(), name="api_cancel_order"),
    path("orders/<str:order>/replace", api.ReplacedOrder.as_view(), name="api_replace_order"),
    path("orders/<str:order>/trades", api.OrderTrades.as_view(), name="api_order_trades"),
    path("unsettled", api.MyUnsettled.as_view(), name="api_unsettled"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("market/", pages.market, name="market"),
    path("market/mine", pages.my_open_orders, name="market_my_orders"),
    path("market/live/<slug:page>", pages.live_again, name="market_live"),
    path("market/orders/", pages.my_orders, name="orders"),
    path("market/orders/cancel-all", pages.cancel_all, name="cancel_orders"),
    path("market/orders/<str:order>/", pages.one_order, name="order"),
    path("market/orders/<str:order>/cancel", pages.cancel, name="cancel_order"),
    path("market/<str:book>/", pages.one_book, name="market_book"),
    path("market/<str:book>/full/", pages.one_book, {"view": "full"}, name="market_book_full"),
    path("market/<str:book>/mine", pages.my_orders_in_book, name="market_mine"),
    path("market/<str:book>/parts/<slug:page>", pages.parts, name="market_parts"),
    path("market/<str:book>/quote/<slug:side>", pages.quote, name="market_quote"),
]
