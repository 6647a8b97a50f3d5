"""What beat starts, and when (Asia/Shanghai): name -> task, schedule."""

from typing import Any

from celery.schedules import crontab

from config.environment import environment

SCHEDULE: dict[str, dict[str, Any]] = {
    "open months ahead": {
        "task": "ledger.months.open_months_ahead",
        "schedule": crontab(hour=0, minute=5),
    },
    "name months that are missing ahead": {
        "task": "ledger.months.name_missing",
        "schedule": crontab(minute=10),
    },
    "settle the month that ended": {
        "task": "ledger.months.settle_ended_month",
        # First on the first at 00:15; again for as long as it was refused, or the asking got lost.
        "schedule": crontab(minute="15,45"),
    },
    "take up closes left behind": {
        "task": "ledger.months.resume_closes",
        "schedule": 60.0,
    },
    "seal what was committed": {
        "task": "ledger.seals.append",
        "schedule": 60.0,
    },
    "end proposals nobody decided": {
        "task": "ledger.adjustments.expire",
        "schedule": crontab(minute="*/10"),
    },
    "cut checkpoints of busy accounts": {
        "task": "ledger.checkpoints.cut",
        "schedule": 10.0,
    },
    "prove the books": {
        "task": "ledger.proofs.prove_books",
        "schedule": crontab(hour=3, minute=30),
    },
    "ask carriers about what is due": {
        "task": "wallet.carriers.serve_all",
        "schedule": 5.0,
    },
    "read carriers' statements": {
        "task": "wallet.carriers.all_statements",
        "schedule": crontab(minute="*/15"),
    },
    "compare carriers' statements, the wallet and the ledger": {
        "task": "wallet.carriers.reconcile_all",
        "schedule": crontab(hour=3, minute=50),
    },
    "post what carriers decided of conversions": {
        "task": "wallet.convert.settle",
        "schedule": 10.0,
    },
    "tell of invoices that are ready": {
        "task": "wallet.invoices.tell",
        "schedule": crontab(minute="*/5"),
    },
    "tell who waited for a carrier": {
        "task": "wallet.convert.tell_who_waited",
        "schedule": crontab(minute="*/5"),
    },
    "post what partners decided of purchases": {
        "task": "wallet.catalog.settle",
        "schedule": 10.0,
    },
    "fetch what partners offer": {
        "task": "wallet.catalog.fetch_all",
        "schedule": crontab(minute="*/10"),
    },
    "post what carriers decided of own data": {
        "task": "wallet.rollover.settle",
        "schedule": 10.0,
    },
    "roll what months' closes left waiting": {
        "task": "wallet.rollover.roll_what_waited",
        "schedule": crontab(minute=35),
    },
    "ask who wants to be asked before a month ends": {
        "task": "wallet.rollover.ask_holders",
        "schedule": crontab(hour=10, minute=10),
    },
    "ask carriers what was left of the ended month": {
        "task": "wallet.rollover.all_remainders",
        "schedule": crontab(minute=20),
    },
    "put what is undecided before an admin": {
        "task": "wallet.carriers.undecided",
        "schedule": crontab(minute=25),
    },
    "pay out what was earned": {
        "task": "wallet.earn.vest",
        "schedule": 60.0,
    },
    "take back what was not earned in time": {
        "task": "wallet.earn.lapse",
        "schedule": crontab(minute="*/10"),
    },
    "return gifts nobody claimed": {
        "task": "wallet.gift.return_expired_gifts",
        "schedule": 60.0,
    },
    "end red packets": {
        "task": "wallet.packets.end_packets",
        "schedule": 30.0,
    },
    "publish the coming days' hashes": {
        "task": "wallet.packets.publish_days",
        "schedule": crontab(minute=5),
    },
    "keep what came back to released numbers": {
        "task": "wallet.numbers.keep_what_came_back",
        "schedule": crontab(minute="*/15"),
    },
    "send what was told": {
        "task": "wallet.notify.deliver",
        "schedule": 10.0,
    },
    "give back what closed wallets left": {
        "task": "wallet.closures.take_back_given_up",
        "schedule": crontab(hour=4, minute=20),
    },
    "forget who asked for a code and never came": {
        "task": "wallet.holders.forget_unverified",
        "schedule": crontab(hour=4, minute=40),
    },
    "carry on with the end of the service": {
        "task": "wallet.winddown.go_on",
        "schedule": 60.0,
    },
    "forget what policy no longer keeps": {
        "task": "wallet.records.forget",
        "schedule": crontab(hour=4, minute=50),
    },
}
EXCHANGE_SCHEDULE: dict[str, dict[str, Any]] = {
    "open the month's books": {
        "task": "exchange.orders.open_books",
        "schedule": crontab(minute="*/10"),
    },
    "lead books through their phases": {
        "task": "exchange.orders.advance_books",
        "schedule": 10.0,
    },
    "start writers whose nudge was lost": {
        "task": "exchange.matching.run_waiting_writers",
        "schedule": 5.0,
    },
    "find events that no writer would come to": {
        "task": "exchange.matching.find_missed_events",
        "schedule": 60.0,
    },
    "tell what the books show": {
        "task": "exchange.market.tell_books",
        "schedule": 5.0,
    },
    "look the books' logs through": {
        "task": "exchange.surveillance.watch_books",
        "schedule": 60.0,
    },
    "close the books of ended months": {
        "task": "exchange.settlement.close_ended_books",
        "schedule": crontab(minute="*/5"),
    },
}
if environment().exchange:
    SCHEDULE |= EXCHANGE_SCHEDULE
