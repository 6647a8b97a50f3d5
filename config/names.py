"""What tables, columns and choices are called in the Chinese admin; in English as in the code."""

import csv
from pathlib import Path
from typing import Any

from django.apps import apps
from django.utils.functional import lazy
from django.utils.translation import get_language

OURS = ("exchange", "ledger", "wallet")
_SOURCE = Path(__file__).parent / "names.csv"


def name_tables_and_columns() -> None:
    """Give every app, table, column and choice of ours its Chinese name, where the list has one.

    What migrations compare is what the models were declared with, which stays.
    """
    chinese = _chinese_names()
    for config in apps.get_app_configs():
        if config.label not in OURS:
            continue
        _name(config, chinese.get(config.label))
        for model in config.get_models():
            meta = model._meta
            # What was declared with a name says it in both languages by itself.
            if "verbose_name" not in meta.original_attrs:
                _name(meta, chinese.get(meta.label), "verbose_name", "verbose_name_plural")
            for field in meta.fields:
                if isinstance(field.verbose_name, str):
                    own = f"{meta.label}.{field.name}"  # where a column means something else
                    _name(field, chinese.get(own, chinese.get(field.name)))
                if field.choices:
                    _name_choices(field, chinese)


def _chinese_names() -> dict[str, str]:
    with _SOURCE.open(encoding="utf-8", newline="") as lines:
        return {row["name"]: row["chinese"] for row in csv.DictReader(lines)}


def _name_choices(field: Any, chinese: dict[str, str]) -> None:
    """Name each value by its column's name and itself; by its table's before, where that differs."""
    named = []
    for value, label in field.flatchoices:
        name = f"{field.name}={value}"
        said = chinese.get(f"{field.model._meta.label}.{name}", chinese.get(name))
        # What was declared with a text to be translated says it in both languages by itself.
        named.append((value, _either(said, label) if said and isinstance(label, str) else label))
    field.choices = named


def _name(thing: Any, chinese: str | None, *attributes: str) -> None:
    """Put a text in the name's place that is read in the reader's language, each time."""
    if chinese is not None:
        for attribute in attributes or ("verbose_name",):
            setattr(thing, attribute, _either(chinese, getattr(thing, attribute)))


def _in_language(chinese: str, english: Any) -> str:
    return chinese if (get_language() or "").startswith("zh") else str(english)


_either = lazy(_in_language, str)
