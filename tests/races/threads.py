"""Threads with database connections of their own, for races."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def in_thread(work: Callable[[], T]) -> "Future[T]":
    """Start work in a thread that closes its connections at the end."""
    pool = ThreadPoolExecutor(max_workers=1)
    future = pool.submit(_closing, work)
    pool.shutdown(wait=False)
    return future


def at_once(work: Callable[[int], T], *, threads: int) -> list[T | BaseException]:
    """Run work(0), work(1), … at the same moment; return what each gave or raised, in order."""
    barrier = Barrier(threads)

    def attempt(place: int) -> T:
        barrier.wait()
        return work(place)

    with ThreadPoolExecutor(max_workers=threads) as pool:
        futures = [pool.submit(_closing, lambda i=i: attempt(i)) for i in range(threads)]
        return [future.exception() or future.result() for future in futures]


def _closing(work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        connections.close_all()
