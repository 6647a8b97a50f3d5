"""Every refusal of an operation is shown by some test."""

from collections.abc import Iterator

import django.apps

from ledger.refusals import Refusal
from tests.house.sources import CHECKOUT


def _all_refusals(root: type[Refusal]) -> Iterator[type[Refusal]]:
    for refusal in root.__subclasses__():
        if not refusal.__module__.startswith("tests"):
            yield refusal
        yield from _all_refusals(refusal)


def test_each_refusal_is_raised_in_a_test() -> None:
    assert django.apps.apps.ready
    text = "\n".join(
        path.read_text()
        for path in (CHECKOUT / "tests").rglob("test_*.py")
        if path.name != "test_refusals_are_tested.py"
    )
    untested = [
        refusal.__name__
        for refusal in _all_refusals(Refusal)
        if refusal.__name__ not in text and f'"{refusal.code}"' not in text
    ]
    assert untested == []
