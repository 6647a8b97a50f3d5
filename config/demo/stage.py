"""The deeds of the played month, each by the product's own operations at a given instant."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from config.demo import packets, purchases
from config.demo.cast import Person
from config.demo.plan import LOT_MB, Act, Deed, asked_coins, bid_coins
from exchange.matching.operations import drain_book
from exchange.orders.models import Book, Order
from exchange.orders.operations import Line, cancel_order, place_order
from ledger.queries import coins_in, holdings_at
from ledger.refusals import Refusal
from ledger.rules import derived_id, month_of
from wallet.carriers.adaptors.tmf654 import Tmf654Adaptor
from wallet.carriers.models import Carrier
from wallet.carriers.operations import read_statements, serve_carrier
from wallet.catalog.adaptors.tmf622 import Tmf622Adaptor
from wallet.catalog.models import Partner
from wallet.catalog.operations import settle_purchases
from wallet.contacts.operations import add_contact
from wallet.convert.operations import (
    convert_coins,
    deliver_data,
    settle_conversions,
    settle_data_deliveries,
)
from wallet.convert.rules import deliverable_in
from wallet.earn.models import Earning, Task
from wallet.earn.operations import lapse_earnings, receive_postback, start_task, vest_due_stages
from wallet.gift.models import Gift
from wallet.gift.operations import (
    cancel_gift,
    claim_gift,
    return_expired_gifts,
    send_gift,
    thank_sender,
)
from wallet.holders.queries import line_of, main_of
from wallet.packets.models import Packet
from wallet.rollover.operations.deposits import deposit_surplus, settle_deposits
from wallet.rollover.operations.take_backs import settle_take_backs, take_back
from wallet.sponsors.models import Sponsor

SWEEP_MAX = 10_000
ACTS_BETWEEN_DRAINS = 40
EVENTS = ("install", "day1", "day7")
NAMES = ("阿梅", "小博", "老周", "表姐", "大勇", "晓琳", "王老师", "二叔")
KEEP_EVERY, THANK_EVERY = 4, 2
GREETINGS = ("送你一点流量", "路上用", "生日快乐", "周末愉快", "")


class Stage:
    """Carries acts out, one after the other, and counts what came of them."""

    def __init__(
        self, *, people: Sequence[Person], tasks: Sequence[Task], seed: str, partner: Partner
    ) -> None:
        self.people, self.tasks, self.seed = people, tasks, seed
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.now = people[0].number.added_at
        self.acts_since_drain = 0
        self.gifts: dict[int, Gift] = {}
        self.packets: dict[int, Packet] = {}
        party = partner.party
        self.shop = Tmf622Adaptor(carrier=party.code, base_url=party.base_url, clock=self.clock)
        self.carriers: list[Tmf654Adaptor | Tmf622Adaptor] = [
            *(
                Tmf654Adaptor(carrier=row.code, base_url=row.base_url, clock=self.clock)
                for row in Carrier.objects.order_by("code")
            ),
            self.shop,
        ]

    def close(self) -> None:
        """Hang up on the carriers and the partner."""
        for adaptor in self.carriers:
            adaptor.close()

    def clock(self) -> datetime:
        """Return the instant being played."""
        return self.now

    def play(self, act: Act) -> None:
        """Carry one act out; what the product refuses is counted by its code."""
        self.now = act.at
        try:
            done = _DEEDS[act.deed](self, act)
        except Refusal as refusal:
            self.refused[refusal.code] += 1
        else:
            self.done[act.deed] += bool(done)
        self.acts_since_drain += 1
        if self.acts_since_drain >= ACTS_BETWEEN_DRAINS:
            self.drain()

    def key(self, act: Act) -> UUID:
        """Return the key under which an act is done once."""
        return derived_id(self.seed, act.deed, act.number)

    def start_task(self, act: Act) -> object:
        """Start one of the sponsor's tasks."""
        holder, task = self.people[act.who].holder, self.tasks[act.other]
        return start_task(holder=holder, task=task, key=self.key(act), now=act.at)

    def prove(self, act: Act) -> object:
        """Have the sponsor report an event of a task somebody started."""
        task, holder = self.tasks[act.other], self.people[act.who].holder
        earning = Earning.objects.filter(task=task, holder=holder).first()
        return earning and receive_postback(
            sponsor=Sponsor.objects.get(pk=task.campaign.sponsor_id),
            message_id=f"msg_{self.key(act).hex}",
            earning_id=earning.pk,
            event=EVENTS[act.size],
            happened_at=act.at,
            now=act.at,
        )

    def deposit(self, act: Act) -> object:
        """Deposit own data, no more than the network will have left at the month's end."""
        person = self.people[act.who]
        if act.size * 2 > person.package.left_mb:
            return None
        return deposit_surplus(
            holder=person.holder,
            number=person.number,
            package=person.package.package,
            mb=act.size,
            key=self.key(act),
            now=act.at,
        )

    def take_back(self, act: Act) -> object:
        """Take some deposited data back."""
        person = self.people[act.who]
        return take_back(
            holder=person.holder,
            number=person.number,
            package=person.package.package,
            mb=act.size,
            key=self.key(act),
            now=act.at,
        )

    def sell(self, act: Act) -> object:
        """Offer deposited data, the dearer the more the draw says."""
        person = self.people[act.who]
        line = Line(number=person.number, package=person.package.package)
        address = line_of(number=line.number, package=line.package)
        if sum(held.amount for held in holdings_at([address])) < act.size * LOT_MB:
            return None
        return self._order(act, side=Order.Side.SELL, price=asked_coins(act), line=line)

    def buy(self, act: Act) -> object:
        """Bid for data of a random carrier, as much as the coins reach for."""
        coins = coins_in(main_of(self.people[act.who].holder))
        price = bid_coins(act)
        if coins < price * act.size * 2:
            return None
        return self._order(act, side=Order.Side.BUY, price=price, line=None)

    def _order(self, act: Act, *, side: str, price: int, line: Line | None) -> object:
        person = self.people[act.who if side == Order.Side.SELL else act.other]
        month = month_of(act.at)
        book = Book.objects.filter(carrier=person.number.carrier_id, month=month).first()
        return book and place_order(
            holder=self.people[act.who].holder,
            book=book,
            side=side,
            price_coins=price,
            lots=act.size,
            line=line,
            key=self.key(act),
            now=act.at,
        )

    def cancel_order(self, act: Act) -> object:
        """Cancel somebody's oldest open order."""
        holder = self.people[act.who].holder
        order = Order.objects.filter(holder=holder, state=Order.State.OPEN).first()
        return order and cancel_order(holder=holder, order=order, key=self.key(act), now=act.at)

    def give(self, act: Act) -> object:
        """Send coins by a link, if there are any."""
        if coins_in(main_of(self.people[act.who].holder)) < act.size:
            return None
        gift = send_gift(
            sender=self.people[act.who].holder,
            amount=act.size,
            greeting=GREETINGS[act.number % len(GREETINGS)],
            key=self.key(act),
            now=act.at,
        )
        self.gifts[act.number] = gift
        if act.number % KEEP_EVERY == 0:
            friend = self.people[act.other]
            name = NAMES[act.other % len(NAMES)]
            add_contact(owner=gift.sender, name=name, msisdn=friend.number.msisdn, now=act.at)
        return gift

    def claim(self, act: Act) -> object:
        """Open a friend's link, claim what is in it, and say thanks or forget to."""
        gift = self.gifts.get(act.other)
        holder = self.people[act.who].holder
        if gift is None:
            return None
        claimed = claim_gift(gift=gift, claimer=holder, now=act.at)
        is_polite = act.number % THANK_EVERY == 0
        return thank_sender(gift=claimed, claimer=holder, now=act.at) if is_polite else claimed

    def cancel_gift(self, act: Act) -> object:
        """Take a gift back that nobody claimed."""
        gift = self.gifts.get(act.other)
        holder = self.people[act.who].holder
        return gift and cancel_gift(gift=gift, sender=holder, now=act.at)

    def convert(self, act: Act) -> object:
        """Turn coins into data, on one's own number or a friend's."""
        to = self.people[act.who if act.number % 3 else act.other]
        return convert_coins(
            holder=self.people[act.who].holder,
            msisdn=to.number.msisdn,
            coins=act.size,
            key=self.key(act),
            now=act.at,
        )

    def deliver(self, act: Act) -> object:
        """Send data one bought to a number of its carrier."""
        holder = self.people[act.who].holder
        for held in holdings_at([main_of(holder)]):
            goods = deliverable_in(held.asset)
            to = goods and self._somebody_with(goods.carrier)
            if to:
                mb = min(act.size, held.amount)
                number = to.number.msisdn
                return deliver_data(
                    holder=holder,
                    asset=held.asset,
                    mb=mb,
                    msisdn=number,
                    key=self.key(act),
                    now=act.at,
                )
        return None

    def _somebody_with(self, carrier: str) -> Person | None:
        return next((one for one in self.people if one.number.carrier_id == carrier), None)

    def night(self, act: Act) -> object:
        """Sweep up what the day left: books, carriers, stages that vest, gifts nobody claimed."""
        for adaptor in self.carriers:
            # What a carrier never answered is decided by its statement of the day before.
            read_statements(adaptor=adaptor, now=act.at)
        self.drain()
        vest_due_stages(now=act.at, limit=SWEEP_MAX)
        lapse_earnings(now=act.at, limit=SWEEP_MAX)
        return_expired_gifts(now=act.at, limit=SWEEP_MAX)
        packets.sweep(now=act.at, limit=SWEEP_MAX)
        return True

    def drain(self) -> None:
        """Let the books' writers and the carriers do what waits for them."""
        self.acts_since_drain = 0
        for book in Book.objects.filter(closed_at=None, month=month_of(self.now)):
            drain_book(book_id=book.pk, now=self.now)
        for adaptor in self.carriers:
            serve_carrier(adaptor=adaptor, clock=self.clock)
        settle_deposits(now=self.now)
        settle_take_backs(now=self.now)
        settle_conversions(now=self.now)
        settle_data_deliveries(now=self.now)
        settle_purchases(now=self.now)


_DEEDS: dict[Deed, Callable[[Stage, Act], object]] = {
    Deed.START_TASK: Stage.start_task,
    Deed.PROVE: Stage.prove,
    Deed.DEPOSIT: Stage.deposit,
    Deed.TAKE_BACK: Stage.take_back,
    Deed.SELL: Stage.sell,
    Deed.BUY: Stage.buy,
    Deed.CANCEL_ORDER: Stage.cancel_order,
    Deed.GIVE: Stage.give,
    Deed.CLAIM: Stage.claim,
    Deed.CANCEL_GIFT: Stage.cancel_gift,
    Deed.SEND_PACKET: packets.send,
    Deed.SEND_SPONSORED_PACKET: packets.send_sponsored,
    Deed.OPEN_PACKET: packets.open_one,
    Deed.CONVERT: Stage.convert,
    Deed.DELIVER: Stage.deliver,
    Deed.BUY_GOODS: purchases.buy,
    Deed.NIGHT: Stage.night,
}
