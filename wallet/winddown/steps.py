"""The steps of a wind-down: each family brings its own, `config` puts them in order.

A step is done over and over until it finds nothing; killed anywhere it goes on where it was,
because what it has done is no longer there to be done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Batch(Protocol):
    """Does at most so much of a step, in transactions of its own."""

    def __call__(self, *, now: datetime, limit: int) -> int:
        """Return how many things were done; 0 when nothing can be done now."""


Left = Callable[[datetime], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: what does it, how much of it is left, and whether the steps after it wait for it.

    `in_notice` is done from the announcement on; the others once the wind-down has begun.
    """

    name: str
    place: int
    run: Batch
    left: Left
    is_barrier: bool = False
    in_notice: bool = False


_steps: dict[str, Step] = {}
_after_call_off: list[Batch] = []


def register_after_call_off(run: Batch) -> None:
    """Add what is done, over and over until it finds nothing, once a wind-down was called off."""
    _after_call_off.append(run)


def after_call_off() -> list[Batch]:
    """Return what is done once a wind-down was called off."""
    return list(_after_call_off)


def register_step(step: Step) -> None:
    """Add a step; steps are done in the order of their places."""
    _steps[step.name] = step


def steps() -> list[Step]:
    """Return the steps in their order."""
    return sorted(_steps.values(), key=lambda step: (step.place, step.name))
