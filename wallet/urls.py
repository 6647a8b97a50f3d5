"""Collect the addresses of the wallet: pages at the site's root, the API under /api/v1/."""

from django.urls import URLPattern, URLResolver

from wallet.cases import urls as cases
from wallet.catalog import urls as catalog
from wallet.clearing import urls as clearing
from wallet.closures import urls as closures
from wallet.contacts import urls as contacts
from wallet.convert import urls as convert
from wallet.corrections import urls as corrections
from wallet.earn import urls as earn
from wallet.gift import urls as gift
from wallet.holders import urls as holders
from wallet.home import urls as home
from wallet.identity import urls as identity
from wallet.invoices import urls as invoices
from wallet.merchants import urls as merchants
from wallet.notify import urls as notify
from wallet.numbers import urls as numbers
from wallet.offices import urls as offices
from wallet.organisations import urls as organisations
from wallet.packets import urls as packets
from wallet.receipts import urls as receipts
from wallet.rollover import urls as rollover
from wallet.sponsors import urls as sponsors
from wallet.statements import urls as statements
from wallet.winddown import urls as winddown

FOLDERS = (
    *(
        holders,
        numbers,
        identity,
        organisations,
        closures,
        home,
        cases,
        receipts,
        contacts,
        gift,
        packets,
    ),
    *(convert, catalog, rollover, earn, merchants, sponsors),
    *(offices, corrections, clearing, invoices, statements, notify, winddown),
)

pages: list[URLPattern | URLResolver] = [url for one in FOLDERS for url in one.page_urlpatterns]
api: list[URLPattern | URLResolver] = [url for one in FOLDERS for url in one.api_urlpatterns]
