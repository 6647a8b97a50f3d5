"""Everything a person reads is there in Chinese, the source language, and in English."""

import re

from tests.house import messages as found

PLACES = re.compile(r"%\((\w+)\)[sd]|{(\w*)}")
# A comma and its like after a Chinese character are the full-width ones.
HALF_WIDTH = re.compile(r"[\u3400-\u9fff][,;:?!()]|[,;?!()][\u3400-\u9fff]")
# Sources that write Chinese which is not ours to translate: data, or the other language's name.
CHINESE_IS_DATA = (
    "config/settings.py",
    "config/demo/",
    "wallet/carriers/simulator/",
    "wallet/carriers/rules.py",
    "wallet/catalog/simulator/",
)


def test_every_message_has_its_english() -> None:
    english = found.english()
    missing = {f"{m.where}: {m.text}" for m in found.messages() if not english.get(m.text)}
    assert sorted(missing) == []


def test_a_message_says_the_same_everywhere() -> None:
    # Catalogs are laid over each other: of two translations one would win by chance.
    several: dict[str, set[str]] = {}
    for text, translated in found.translations():
        several.setdefault(text, set()).add(translated)
    assert {text: said for text, said in several.items() if len(said) > 1} == {}


def test_messages_are_chinese() -> None:
    foreign = [m for m in found.messages() if not found.CHINESE.search(m.text)]
    assert foreign == []


def test_english_is_english() -> None:
    chinese = {text for text in found.english().values() if found.CHINESE.search(text)}
    assert chinese == set()


def test_translations_keep_their_places() -> None:
    broken = {
        source: translated
        for source, translated in found.english().items()
        if translated and set(PLACES.findall(source)) != set(PLACES.findall(translated))
    }
    assert broken == {}


def test_no_translation_is_left_behind() -> None:
    used = {message.text for message in found.messages()}
    assert sorted(set(found.english()) - used) == []


def test_no_chinese_outside_of_translation() -> None:
    bare = [m for m in found.untranslatable_chinese() if not m.where.startswith(CHINESE_IS_DATA)]
    assert bare == []


def test_chinese_is_punctuated_as_chinese() -> None:
    half = sorted({m.text for m in found.messages() if HALF_WIDTH.search(m.text)})
    assert half == []
