"""What a simulated partner offers."""

from dataclasses import dataclass
from typing import Final

from wallet.catalog.adaptors.wire import ONE_TIME, PAYOUT
from wallet.catalog.rules import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """One offering: its price in coins, and how many points one of it is worth, if any."""

    id: str
    kind: Kind
    name: str
    name_en: str
    about: str
    about_en: str
    coins: int
    points: int = 0
    gives_coins: bool = False

    def record(self) -> dict[str, object]:
        """Write it as TMF620 does."""
        price_type = PAYOUT if self.gives_coins else ONE_TIME
        return {
            "@type": "ProductOffering",
            "id": self.id,
            "name": self.name,
            "description": self.about,
            "lifecycleStatus": "Active",
            "category": [{"id": self.kind.value}],
            "productOfferingPrice": [
                {"priceType": price_type, "price": {"unit": "COIN", "value": self.coins}}
            ],
            "translation": [{"lang": "en", "name": self.name_en, "description": self.about_en}],
        }


_SHELF: Final = (
    Goods(
        id="music-month",
        kind=Kind.CONTENT,
        name="音乐月卡",
        name_en="Music for a month",
        about="三十天内任意听、可下载。",
        about_en="Any song for thirty days, to keep on the phone.",
        coins=30,
    ),
    Goods(
        id="comics-week",
        kind=Kind.CONTENT,
        name="漫画周卡",
        name_en="Comics for a week",
        about="七天内任意看。",
        about_en="Any comic for seven days.",
        coins=12,
    ),
    Goods(
        id="reading-month",
        kind=Kind.CONTENT,
        name="阅读月卡",
        name_en="Books for a month",
        about="三十天内任意读。",
        about_en="Any book for thirty days.",
        coins=25,
    ),
    Goods(
        id="video-month",
        kind=Kind.CONTENT,
        name="视频月卡",
        name_en="Films for a month",
        about="三十天内看会员影片，没有广告。",
        about_en="Members' films for thirty days, without advertisements.",
        coins=60,
    ),
    Goods(
        id="airtime-10",
        kind=Kind.AIRTIME,
        name="10 元话费",
        name_en="¥10 of airtime",
        about="直接充到手机号，三网通用。",
        about_en="Straight to the number, whatever its carrier.",
        coins=150,
    ),
    Goods(
        id="airtime-30",
        kind=Kind.AIRTIME,
        name="30 元话费",
        name_en="¥30 of airtime",
        about="直接充到手机号，三网通用。",
        about_en="Straight to the number, whatever its carrier.",
        coins=440,
    ),
    Goods(
        id="points-100",
        kind=Kind.POINTS,
        name="100 积分",
        name_en="100 points",
        about="记到手机号的会员账户。",
        about_en="Booked to the number's membership.",
        coins=12,
        points=100,
    ),
    Goods(
        id="points-100-in",
        kind=Kind.POINTS,
        name="用 100 积分换币",
        name_en="Coins for 100 points",
        about="从手机号的会员账户扣。",
        about_en="Taken from the number's membership.",
        coins=8,
        points=100,
        gives_coins=True,
    ),
    Goods(
        id="umbrella",
        kind=Kind.MALL,
        name="折叠伞",
        name_en="Folding umbrella",
        about="商城会发短信确认收货地址。",
        about_en="The mall sends a text to ask where to send it.",
        coins=380,
    ),
    Goods(
        id="power-bank",
        kind=Kind.MALL,
        name="充电宝",
        name_en="Power bank",
        about="商城会发短信确认收货地址。",
        about_en="The mall sends a text to ask where to send it.",
        coins=900,
    ),
)
SHELF: Final = {goods.id: goods for goods in _SHELF}
