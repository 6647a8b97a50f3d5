"""What a test ends before it forks a process is made anew by whoever needs it."""

from config.celery import app
from exchange.matching.tasks import run_writer
from tests.forks import leave_no_connection


def test_a_task_is_sent_after_connections_to_the_broker_were_ended() -> None:
    for _ in range(2):
        run_writer.apply_async(kwargs={"book": "x"}, expires=1, ignore_result=True)
        drawn_from = app.amqp.producer_pool
        leave_no_connection()
        assert app.amqp.producer_pool is not drawn_from
