"""Celery's doors to red packets."""

from celery import shared_task
from django.utils import timezone

from wallet.packets import operations


@shared_task(name="wallet.packets.end_packets")
def end_packets() -> None:
    """End what is empty, give back what nobody opened in time, reveal the days that are over."""
    now = timezone.now()
    operations.finish_empty_packets(now=now)
    operations.return_expired_packets(now=now)
    operations.reveal_packet_days(now=now)


@shared_task(name="wallet.packets.publish_days")
def publish_days() -> None:
    """Publish the hashes of the coming days' seeds."""
    operations.publish_packet_days(now=timezone.now())
