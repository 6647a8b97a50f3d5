"""The sizes, names and rooms that CONTRIBUTING.md promises."""

import ast
from collections import Counter

from tests.house.sources import APPS, CHECKOUT, functions, imported, sources

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 50
EVERYWHERE = (*APPS, "tests")
DOORS = {"api", "pages", "tasks", "admin", "urls"}
CORE = {"models", "rules", "queries", "operations"}
REGISTERED = {"proofs"}  # what a folder adds to the ledger's
BESIDE_ROOMS = {
    "__init__",
    "management",
    "locale",
    "migrations",
    "sql",
    "static",
    "templates",
    "templatetags",
}
# What a folder has beyond rooms, and why.
MORE_ROOMS = {
    "ledger/months": {"refusals", "sentences"},  # as the ledger itself has
    "ledger/adjustments": {"refusals", "sentences"},
    "ledger/receipts": {"verify_receipt"},  # a program that is copied anywhere and run alone
    # one file a carrier's protocol; a program; files read, instructions carried out, statements
    # compared, each with rooms of its own
    "wallet/carriers": {
        "adaptors",
        "simulator",
        "usage",
        "instructions",
        "reconciliation",
        "causes",
        "sentences",
    },
    # the partners' protocol; a program
    "wallet/catalog": {"adaptors", "simulator"},
    "wallet/cases": {"sentences"},  # kinds in words
    "wallet/policy": {"sentences"},  # what each policy does, in words
    "wallet/identity": {"verifier"},  # who checks names: an interface and the demo's
    "wallet/organisations": {"acting"},  # whom somebody acts for, kept in the session
    "wallet/numbers": {"texts"},  # the text that takes a code to a number
    "wallet/clearing": {"sentences"},  # kinds in words
    "wallet/corrections": {"sections", "sentences"},  # its part of a month's page, kinds in words
    "wallet/invoices": {"sentences"},  # kinds in words
    "wallet/offices": {"sentences"},  # kinds in words
    "wallet/posters": {"fonts"},  # what words are drawn in, with its licence
    "wallet/packets": {"verify_packet"},  # a program that is copied anywhere and run alone
    # kinds in words, what links in e-mails say, the words that go out
    "wallet/notify": {"sentences", "tokens", "letters"},
    # the contract, and a file for each way out
    "wallet/gateways": {"contract", "signing", "http_texts", "mails", "console"},
    "wallet/home": {"sections", "sentences"},  # what others bring to the page, kinds in words
    "wallet/winddown": {"sentences", "steps"},  # its steps in words; what families bring to it
    "wallet/staff": {"sentences"},  # how each kind is undone, in words
    "wallet/refunds": {"sentences"},  # kinds in words
    "exchange/ending": {"sentences"},  # kinds in words
    "exchange/orders": {"sentences"},  # kinds in words
    "exchange/market": {"live"},  # pictures sent to whoever looks: a server of its own
    "exchange/surveillance": {"sentences"},  # kinds and figures in words
    "exchange/settlement": {"sections"},  # its part of the home page
    # what auditors are told; the door of keys, the login package's adaptor, texts to phones, what waits, codes in words,
    # the pages between a link and what lies behind it, how often links may be guessed at
    "wallet/holders": {
        "adapter",
        "causes",
        "code_pages",
        "guesses",
        "idempotency",
        "sentences",
        "set_aside",
        "texts",
    },
}
FORBIDDEN_NAMES = {"common", "helpers", "managers", "misc", "services", "signals", "util", "utils"}
WEB = ("django.http", "django.shortcuts", "django.urls", "django.views", "django.template")


def _families() -> list[str]:
    """Return the folders of the apps that are cut into rooms."""
    return [
        folder.relative_to(CHECKOUT).as_posix()
        for app in APPS
        if app != "config"
        for folder in sorted((CHECKOUT / app).iterdir())
        if folder.is_dir() and folder.name not in {*BESIDE_ROOMS, "__pycache__"}
    ]


def test_files_are_short() -> None:
    long = {
        source.name: lines
        for source in sources(tops=EVERYWHERE)
        if (lines := source.text.count("\n")) > FILE_LINES_MAX
    }
    assert long == {}


def test_functions_are_short() -> None:
    long = {
        f"{source.name}:{function.name}": lines
        for source in sources(tops=EVERYWHERE)
        for function in functions(source=source)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES_MAX
    }
    assert long == {}


def test_operations_have_names_of_their_own() -> None:
    names = Counter(
        node.name
        for source in sources()
        if source.path.stem == "operations" or "operations" in source.path.parts
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_refusals_have_codes_of_their_own() -> None:
    codes = Counter(
        statement.value.value
        for source in sources()
        for node in source.tree.body
        if isinstance(node, ast.ClassDef) and _is_refusal(node)
        for statement in node.body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and statement.targets[0].id == "code"
        and isinstance(statement.value, ast.Constant)
    )
    assert codes
    assert [code for code, count in codes.items() if count > 1] == []


def _is_refusal(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "Refusal" for base in node.bases)


def test_folders_have_only_rooms() -> None:
    known = DOORS | CORE | REGISTERED | BESIDE_ROOMS
    strange = [
        f"{family}/{entry.name}"
        for family in _families()
        for entry in sorted((CHECKOUT / family).iterdir())
        if entry.name != "__pycache__" and entry.stem not in known | MORE_ROOMS.get(family, set())
    ]
    assert strange == []


def test_folders_say_what_they_are() -> None:
    silent = [
        source.name
        for source in sources(tops=EVERYWHERE)
        if source.path.stem == "__init__" and not ast.get_docstring(source.tree)
    ]
    assert silent == []


def test_nothing_is_called_utils() -> None:
    found = [
        source.name
        for source in sources(tops=EVERYWHERE)
        if FORBIDDEN_NAMES & {source.path.stem, *source.path.parts}
    ]
    assert found == []


def test_core_knows_no_web() -> None:
    broken = [
        (source.name, name)
        for source in sources(tops=("exchange", "ledger", "wallet"))
        if CORE & {source.path.stem, *source.path.parts}
        for name in imported(source=source)
        if name.startswith(WEB)
    ]
    assert broken == []


def test_functions_of_the_core_take_keywords() -> None:
    # What an account is may stand first without its name: `amount_at(address, asset)`.
    positional = [
        f"{source.name}:{node.name}"
        for source in sources(tops=("exchange", "ledger", "wallet"))
        if source.path.stem in {"operations", "queries"}
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and len(node.args.args) > 2
    ]
    assert positional == []


def test_core_reads_no_clock() -> None:
    clocks = {"django.utils.timezone.now", "time.time"}
    broken = [
        source.name
        for source in sources(tops=("exchange", "ledger", "wallet"))
        if CORE & {source.path.stem, *source.path.parts}
        if clocks & imported(source=source)
        or "datetime.now(" in source.text
        or "timezone.now(" in source.text
    ]
    assert broken == []
