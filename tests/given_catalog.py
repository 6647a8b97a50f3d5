"""Worlds of the catalog: partners with goods on their shelves, simulated or asked by nobody."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Thread
from typing import cast
from uuid import UUID, uuid4

from tests import given
from tests.given_merchants import a_merchant
from tests.wallet.carriers.simulators import PATIENT, PlayedClock
from wallet.carriers.operations import read_statements, serve_carrier
from wallet.catalog.adaptors.contract import Offer, Shop
from wallet.catalog.adaptors.tmf622 import Tmf622Adaptor
from wallet.catalog.models import Partner, Product, Purchase
from wallet.catalog.operations import (
    buy_product,
    collect_points,
    fetch_products,
    open_partner,
    settle_purchases,
)
from wallet.catalog.rules import Kind
from wallet.catalog.simulator.goods import SHELF
from wallet.catalog.simulator.options import add_options, options_in
from wallet.catalog.simulator.running import serving
from wallet.holders.models import Holder
from wallet.policy.operations import set_policy

CODE = "NNSH"
NOBODY = "http://127.0.0.1:1"
READS = 16  # of a statement that a partner may not have at the first time of asking


def a_partner(
    *, code: str = CODE, coins: int = 0, url: str = NOBODY, now: datetime = given.NOW
) -> Partner:
    """Return a partner with this many coins to pay for points, and a server nobody asks."""
    given.open_ledger(now=now)
    merchant = a_merchant(coins=coins, name="牛牛生活", now=now)
    return open_partner(
        code=code,
        name_zh="牛牛生活",
        name_en="Niuniu Life",
        merchant=merchant,
        base_url=url,
        now=now,
    )


@dataclass(frozen=True)
class Shelf:
    """A partner that says at once what it offers."""

    carrier: str = CODE
    goods: tuple[str, ...] = tuple(SHELF)

    def offers(self) -> list[Offer]:
        return [an_offer(one) for one in self.goods]


def an_offer(sku: str, *, coins: int = 0) -> Offer:
    """Return what the simulator offers under a name, at its price or another."""
    found = SHELF[sku]
    return Offer(
        id=found.id,
        name=found.name,
        size_mb=None,
        kind=found.kind,
        name_en=found.name_en,
        about=found.about,
        about_en=found.about_en,
        coins=coins or found.coins,
        gives_coins=found.gives_coins,
    )


def stocked(partner: Partner, *, now: datetime = given.NOW) -> Partner:
    """Put everything the simulator knows on a partner's shelf."""
    fetch_products(shop=cast("Shop", Shelf(partner.pk)), now=now)
    return partner


def goods(sku: str) -> Product:
    """Return a product on a shelf."""
    return Product.objects.select_related("partner__merchant__holder").get(sku=sku)


def switch(kind: str, *, on: bool = True, scope: str = "", now: datetime = given.NOW) -> None:
    """Switch a kind of goods on or off."""
    set_policy(
        key=f"catalog.{kind}",
        scope=scope,
        value=on,
        starts_at=now,
        set_by="test",
        reason="A test says so.",
        now=now,
    )


def switch_all_on(*, now: datetime = given.NOW) -> None:
    """Switch every kind on."""
    for kind in Kind:
        switch(kind, now=now)


def buy(
    holder: Holder,
    sku: str = "music-month",
    *,
    count: int = 1,
    coins: int = 0,
    msisdn: str = "",
    key: UUID | None = None,
    now: datetime = given.NOW,
) -> Purchase:
    """Buy at the price on the shelf, or for these coins, for the holder's own number."""
    product = goods(sku)
    order = collect_points if product.gives_coins else buy_product
    return order(
        holder=holder,
        product=product,
        count=count,
        coins=coins or product.coins * count,
        msisdn=msisdn or holder.numbers.get().msisdn,
        key=key or uuid4(),
        now=now,
    )


@dataclass
class Market:
    """A simulated partner that is asked, and whose decisions are posted, at one played time."""

    partner: Partner
    adaptor: Tmf622Adaptor
    clock: PlayedClock

    @property
    def now(self) -> datetime:
        """The time being played."""
        return self.clock.at

    def serve(self) -> None:
        """Ask about what is due; post what was decided."""
        serve_carrier(adaptor=self.adaptor, clock=self.clock)
        self.settle()

    def settle(self) -> None:
        """Post what was decided."""
        while settle_purchases(now=self.now):
            pass

    def wait(self, **time: int) -> None:
        """Let time pass."""
        self.clock.at += timedelta(**time)

    def read_final_statements(self) -> None:
        """Let two nights pass, read every statement, and post what they prove."""
        self.wait(days=2)
        for _ in range(READS):
            read_statements(adaptor=self.adaptor, now=self.now)
        self.settle()


@contextmanager
def a_simulated_partner(*options: str, code: str = CODE) -> Iterator[str]:
    """Serve a partner in this process; yield the address."""
    parser = ArgumentParser()
    add_options(parser)
    wanted = ["--partner", code, "--port", "0", "--demo-clock", *options]
    with serving(options=options_in(parsed=parser.parse_args(wanted))) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.url
        finally:
            server.stop()
            thread.join()


@contextmanager
def a_market(
    *options: str, coins: int = 0, code: str = CODE, at: datetime = given.NOW
) -> Iterator[Market]:
    """Run a simulated partner, let it into the catalog with its goods, and yield both."""
    clock = PlayedClock()
    clock.at = at
    with a_simulated_partner(*options, code=code) as url:
        partner = a_partner(code=code, coins=coins, url=url, now=at)
        adaptor = Tmf622Adaptor(carrier=code, base_url=url, clock=clock, limits=PATIENT)
        with closing(adaptor):
            stocked(partner, now=at)
            yield Market(partner=partner, adaptor=adaptor, clock=clock)
