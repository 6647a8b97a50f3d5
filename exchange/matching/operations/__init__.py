"""Writes of the matcher's one writer per book: its lease, its memory, its batches."""

from exchange.matching.operations.batch import ChangedOrder, Follower
from exchange.matching.operations.bounds import lower_wrong_bounds
from exchange.matching.operations.memory import Fenced, Memory, release_book, take_book
from exchange.matching.operations.verifying import Verified, verify_book
from exchange.matching.operations.writer import BATCH_EVENTS_MAX, book_batch, drain_book

__all__ = [
    "BATCH_EVENTS_MAX",
    "ChangedOrder",
    "Fenced",
    "Follower",
    "Memory",
    "Verified",
    "book_batch",
    "drain_book",
    "lower_wrong_bounds",
    "release_book",
    "take_book",
    "verify_book",
]
