"""Find every message in the source: in templates by their nodes, in Python by its syntax tree."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from config.catalogs import APPS, CHECKOUT, locale_folders

CHINESE = re.compile(r"[\u3400-\u9fff]")
IN_EXPRESSION = re.compile(r"""_\((["'])(.+?)\1\)""")
TRANSLATED = re.compile(
    r"{% *(?:blocktranslate|blocktrans)\b.*?{% *end(?:blocktranslate|blocktrans) *%}"
    r"|{% *comment\b.*?{% *endcomment *%}|{#.*?#}"
    r"|{% *(?:translate|trans)\b.*?%}"
    r"|_\((?:\"[^\"]*\"|'[^']*')\)",
    re.DOTALL,
)
OTHER_LANGUAGE = re.compile(r"<(\w+)[^>]*\blang=\"zh-Hans\"[^>]*>.*?</\1>", re.DOTALL)
SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
PLURAL = {"ngettext", "ngettext_lazy"}


@dataclass(frozen=True, slots=True)
class Message:
    """A text to be translated, and where it stands."""

    text: str
    where: str


def template_files() -> list[Path]:
    """Return every template of ours."""
    return sorted(path for app in APPS for path in (CHECKOUT / app).rglob("templates/**/*.html"))


def python_files() -> list[Path]:
    """Return every source file whose texts people read on a page; migrations only hold data."""
    return sorted(
        path
        for app in APPS
        for path in (CHECKOUT / app).rglob("*.py")
        if "migrations" not in path.parts
    )


def messages() -> list[Message]:
    """Return every message of templates and Python."""
    found = [message for path in template_files() for message in _in_template(path)]
    return found + [message for path in python_files() for message in _in_python(path)]


def english() -> dict[str, str]:
    """Return the English of every message, from all folders' catalogs; fuzzy ones do not count."""
    return dict(translations())


def translations() -> Iterator[tuple[str, str]]:
    """Return every message with its English, as often as a catalog has it."""
    for folder in locale_folders():
        for source in sorted(folder.glob("en/LC_MESSAGES/django.po")):
            with source.open("rb") as file:
                for entry in read_po(file, abort_invalid=True):
                    if entry.id and not entry.fuzzy:
                        yield from _texts_of(entry.id, entry.string).items()


def _texts_of(source: object, translated: object) -> dict[str, str]:
    if isinstance(source, str) and isinstance(translated, str):
        return {source: translated}
    assert isinstance(source, tuple | list)
    assert isinstance(translated, tuple | list)
    return dict.fromkeys(source, "" if "" in translated else translated[-1])


def untranslatable_chinese() -> list[Message]:
    """Return Chinese that stands outside of translation: it would show in English pages."""
    found = []
    for path in template_files():
        rest = OTHER_LANGUAGE.sub("", TRANSLATED.sub("", path.read_text()))
        found += [
            Message(line.strip(), _where(path))
            for line in rest.splitlines()
            if CHINESE.search(line)
        ]
    for path in python_files():
        found += _bare_in_python(path)
    return found


def _in_template(path: Path) -> Iterator[Message]:
    source = path.read_text()
    where = _where(path)
    for text in _texts_in(engines["django"].from_string(source)):
        yield Message(text, where)
    for _quote, text in IN_EXPRESSION.findall(source):
        yield Message(text, where)


def _texts_in(template: Any) -> Iterator[str]:
    """Return the texts of a compiled template's translation tags."""
    nodes = template.template.nodelist
    for node in nodes.get_nodes_by_type(TranslateNode):
        expression = node.filter_expression.var
        if isinstance(expression.literal, str):
            yield expression.literal
    for node in nodes.get_nodes_by_type(BlockTranslateNode):
        for tokens in filter(None, (node.singular, node.plural)):
            text = node.render_token_list(tokens)[0]
            yield " ".join(text.split()) if node.trimmed else text


def _in_python(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            for text in _arguments_of(node):
                yield Message(text.value, f"{_where(path)}:{text.lineno}")


@dataclass(frozen=True, slots=True)
class _Text:
    value: str
    lineno: int


def _arguments_of(call: ast.Call) -> list[_Text]:
    """Return the literal texts a call of gettext's family names."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    wanted = slice(0, 0)
    if name in SINGULAR:
        wanted = slice(0, 1)
    elif name in WITH_CONTEXT:
        wanted = slice(1, 2)
    elif name in PLURAL:
        wanted = slice(0, 2)
    return [
        _Text(argument.value, argument.lineno)
        for argument in call.args[wanted]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def _bare_in_python(path: Path) -> list[Message]:
    tree = ast.parse(path.read_text())
    allowed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            allowed |= {id(argument) for argument in node.args if _arguments_of(node)}
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            allowed.add(id(node.value))  # a docstring
    return [
        Message(node.value, f"{_where(path)}:{node.lineno}")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CHINESE.search(node.value)
        and id(node) not in allowed
    ]


def _where(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))
