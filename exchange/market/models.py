"""What was computed of a book's trades, once for everybody: candles, and how far they reach."""

from django.db import models

from exchange.orders.models import Book


class Tape(models.Model):
    """How far a book's market data follow its trades, and which picture was told last.

    `trades` is the number of the last trade in the candles, `busts` how many of the book's trades
    that were undone have been taken out of them again. `version` counts the pictures of the book
    that differed from the one before; the last one's are the event (`sequence`), the minute and
    the digest.
    """

    book = models.OneToOneField(Book, models.PROTECT, primary_key=True, related_name="+")
    trades = models.BigIntegerField(default=0)
    busts = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    sequence = models.BigIntegerField(default=0)
    minute = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.book_id} {self.version}"


class Candle(models.Model):
    """The trades of a book in a minute, an hour or a day: coins per lot, lots, coins paid."""

    class Span(models.TextChoices):
        MINUTE = "1m"
        HOUR = "1h"
        DAY = "1d"

    id = models.BigAutoField(primary_key=True)
    book = models.ForeignKey(Book, models.PROTECT, related_name="+", db_index=False)
    span = models.CharField(max_length=2, choices=Span)
    starts_at = models.DateTimeField()
    open_coins = models.PositiveIntegerField()
    high_coins = models.PositiveIntegerField()
    low_coins = models.PositiveIntegerField()
    close_coins = models.PositiveIntegerField()
    lots = models.BigIntegerField()
    turnover_coins = models.BigIntegerField()
    trades = models.PositiveIntegerField()
    # Of the book's numbers of trades: what a candle is computed from again after a bust.
    first_number = models.BigIntegerField()
    last_number = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("book", "span", "starts_at"), name="candle_once"),
            models.CheckConstraint(
                condition=models.Q(
                    low_coins__lte=models.F("open_coins"),
                    high_coins__gte=models.F("open_coins"),
                )
                & models.Q(
                    low_coins__lte=models.F("close_coins"),
                    high_coins__gte=models.F("close_coins"),
                ),
                name="candle_low_to_high",
            ),
            models.CheckConstraint(
                condition=models.Q(lots__gt=0, trades__gt=0, turnover_coins__gt=0),
                name="candle_of_trades",
            ),
        )

    def __str__(self) -> str:
        return f"{self.book_id} {self.span} {self.starts_at:%Y-%m-%d %H:%M}"
