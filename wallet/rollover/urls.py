"""Addresses of the doors of own data."""

from django.urls import URLPattern, URLResolver, path

from wallet.rollover import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("packages", api.Packages.as_view(), name="api_packages"),
    path("deposits", api.Deposits.as_view(), name="api_deposits"),
    path("deposits/<str:deposit_id>", api.OneDeposit.as_view(), name="api_deposit"),
    path("take-backs", api.TakeBacks.as_view(), name="api_take_backs"),
    path("savings", api.Savings.as_view(), name="api_savings"),
    path("savings/<str:saving_id>", api.OneSaving.as_view(), name="api_saving"),
    path("saving-offers", api.SavingOffers.as_view(), name="api_saving_offers"),
    path("rollover", api.Rollover.as_view(), name="api_rollover"),
    path("rollover/wishes", api.RollWishes.as_view(), name="api_roll_wishes"),
    path("rollover/answers", api.RollAnswers.as_view(), name="api_roll_answers"),
    path("take-backs/<str:take_back_id>", api.OneTakeBack.as_view(), name="api_take_back"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("deposits/", pages.deposits, name="deposits"),
    path("deposits/<str:deposit_id>/", pages.deposit, name="deposit"),
    path("take-backs/", pages.take_backs, name="take_backs"),
    path("savings/", pages.save, name="save"),
    path("rollover/", pages.month_end, name="month_end"),
    path("rollover/<str:number_id>/wish/", pages.wish, name="roll_wish"),
    path("rollover/<str:number_id>/answer/", pages.answer, name="roll_answer"),
    path("take-backs/<str:take_back_id>/", pages.one_take_back, name="take_back"),
]
