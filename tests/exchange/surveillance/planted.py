"""What is to be found, planted into a market: each says who did it."""

from datetime import timedelta

from tests.exchange.surveillance.market import CALL_AT, Market


def swap(market: Market, seller: int, buyer: int, *, price: int, lots: int = 4) -> None:
    """Let two meet: one offers, a minute later the other takes all of it."""
    market.place(seller, "S", price, lots)
    market.wait(60)
    market.place(buyer, "B", price, lots)
    market.wait(240)


def wash(market: Market, ring: tuple[int, ...], *, price: int, rounds: int = 2) -> None:
    """Let lots go round some holders and come back, several times."""
    for _ in range(rounds):
        for seller, buyer in zip(ring, (*ring[1:], ring[0]), strict=True):
            swap(market, seller, buyer, price=price)


def layers(market: Market, who: int, *, touch: int, victim: int, count: int = 4) -> None:
    """Let somebody show a wall of bids, sell a lot to who is lured by it, and take it down."""
    offer = market.place(who, "S", touch + 2, 1)
    walls = []
    for place in range(count):
        walls.append(market.place(who, "B", touch - place, 3))
        market.wait(2)
    market.wait(20)
    market.place(victim, "B", touch + 2, 1)
    for wall in walls:
        market.wait(3)
        market.cancel(wall)
    market.cancel(offer)


def ramp(market: Market, who: int, *, begins: int, steps: int = 4, coins: int = 6) -> None:
    """Let somebody buy up one offer of others after the other, each dearer."""
    for step in range(steps + 1):
        market.place(900 + step, "S", begins + step * coins, 2)
    market.place(950, "B", begins, 2)
    for step in range(1, steps + 1):
        market.wait(120)
        market.place(who, "B", begins + step * coins, 2)


def ramp_and_sell(market: Market, who: int, *, begins: int) -> None:
    """Let somebody carry the price up and sell there."""
    ramp(market, who, begins=begins)
    market.wait(300)
    market.place(960, "B", begins + 20, 5)
    market.place(who, "S", begins + 20, 5)


def mark_of_the_close(market: Market, who: int, *, begins: int) -> None:
    """Let somebody carry the price up right before the closing call."""
    market.now = CALL_AT - timedelta(minutes=20)
    ramp(market, who, begins=begins)
