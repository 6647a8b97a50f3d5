"""The wallet's admin pages, collected from its folders."""

from wallet.carriers import admin as carriers
from wallet.cases import admin as cases
from wallet.catalog import admin as catalog
from wallet.clearing import admin as clearing
from wallet.closures import admin as closures
from wallet.convert import admin as convert
from wallet.earn import admin as earn
from wallet.gift import admin as gift
from wallet.holders import admin as holders
from wallet.identity import admin as identity
from wallet.invoices import admin as invoices
from wallet.merchants import admin as merchants
from wallet.notify import admin as notify
from wallet.numbers import admin as numbers
from wallet.offices import admin as offices
from wallet.organisations import admin as organisations
from wallet.packets import admin as packets
from wallet.policy import admin as policy
from wallet.refunds import admin as refunds
from wallet.rollover import admin as rollover
from wallet.sponsors import admin as sponsors
from wallet.staff import admin as staff
from wallet.winddown import admin as winddown

__all__ = [
    "carriers",
    "cases",
    "catalog",
    "clearing",
    "closures",
    "convert",
    "earn",
    "gift",
    "holders",
    "identity",
    "invoices",
    "merchants",
    "notify",
    "numbers",
    "offices",
    "organisations",
    "packets",
    "policy",
    "refunds",
    "rollover",
    "sponsors",
    "staff",
    "winddown",
]
