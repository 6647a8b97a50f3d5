"""The close of a month: its run, the parts of its stages, and the closing balances."""

from django.db import models


class Close(models.Model):
    """A month's close: the inputs it froze and how far it has come."""

    month = models.OneToOneField("ledger.Month", models.DO_NOTHING, primary_key=True)
    inputs = models.JSONField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # What ended the latest run before its time; past once a part is done after it.
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_why = models.TextField(blank=True, default="", db_default="")

    def __str__(self) -> str:
        return str(self.month_id)


class ClosePart(models.Model):
    """One shard of one stage; done in the same database transaction as its postings."""

    id = models.BigAutoField(primary_key=True)
    close = models.ForeignKey(Close, models.PROTECT, related_name="parts")
    place = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=32)
    shard = models.CharField(max_length=64)
    postings = models.PositiveIntegerField(null=True)
    totals = models.JSONField(default=dict)
    milliseconds = models.PositiveIntegerField(null=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("place", "shard")
        constraints = (
            models.UniqueConstraint(fields=("close", "stage", "shard"), name="close_part_once"),
        )

    def __str__(self) -> str:
        return f"{self.stage} {self.shard}"


class ClosingBalance(models.Model):
    """An account's balance at a month's end, from entries with month ≤ M; zeros are left out."""

    id = models.BigAutoField(primary_key=True)
    month = models.DateField()
    # Looked for by month and account alone.
    account = models.ForeignKey(
        "ledger.Account", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    balance = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("month", "account"), name="closing_balance_once"),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.balance}"
