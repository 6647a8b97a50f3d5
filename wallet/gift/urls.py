"""Addresses of gifts."""

from django.urls import URLPattern, URLResolver, path

from wallet.gift import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("gifts", api.Gifts.as_view(), name="api_gifts"),
    path("gifts/<str:id>", api.OneGift.as_view(), name="api_gift"),
    path("gifts/<str:id>/cancel", api.CancelGift.as_view(), name="api_gift_cancel"),
    path("gifts/<str:id>/thanks", api.ThankForGift.as_view(), name="api_gift_thanks"),
    path("relations", api.Relations.as_view(), name="api_relations"),
    path("gift-links/<str:token>", api.GiftLink.as_view(), name="api_gift_link"),
    path("gift-links/<str:token>/claim", api.ClaimGift.as_view(), name="api_gift_claim"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("gifts/", pages.gifts, name="gifts"),
    path("gifts/new/", pages.new_gift, name="gift_new"),
    path("gifts/<str:name>/", pages.gift, name="gift"),
    path("gifts/<str:name>/cancel/", pages.cancel, name="gift_cancel"),
    path("g/<str:token>/", pages.gift_link, name="gift_link"),
    path("g/<str:token>/claim/", pages.claim, name="gift_claim"),
    path("g/<str:token>/phone/", pages.PhonePage.as_view(), name="gift_phone"),
    path("g/<str:token>/code/", pages.CodePage.as_view(), name="gift_code"),
    path("g/<str:token>/thanks/", pages.thanks, name="gift_thanks"),
    path("g/<str:token>/qr.png", pages.qr_image, name="gift_qr"),
    path("g/<str:token>/poster.png", pages.poster_image, name="gift_poster"),
]
