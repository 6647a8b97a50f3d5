"""Every code a person may meet on a page is said in words."""

import ast
import re

import config.urls  # noqa: F401  every door is loaded, so every refusal is known
import ledger.months.refusals  # noqa: F401  the close has no door of its own
from ledger.refusals import Refusal
from tests.house.sources import sources
from wallet.holders.sentences import has_sentence
from wallet.home.sentences import has_notice

# Refusals that no page of people raises: programs, operators and auditors read their codes.
FOR_PROGRAMS = {
    "already_reversed",
    "bad_policy_scope",
    "bad_policy_value",
    "bad_postback",
    "bad_signature",
    "both_at_once",
    "copy_not_declared",
    "earning_ended",
    "event_out_of_order",
    "idempotency_key_missing",
    "invalid_posting",
    "legs_broken",
    "not_an_organisation",
    "not_the_seal_key",
    "policy_already_set",
    "policy_in_the_past",
    "policy_reason_missing",
    "request_in_flight",
    "seal_key_change_refused",
    "unknown_address",
    "unknown_earning",
    "unknown_event",
    "unknown_issuer",
    "unknown_kind",
    "unknown_policy",
    "unknown_request",
    "wrong_isolation",
}


def _codes(base: type[Refusal]) -> set[str]:
    # A refusal that a test makes up for itself is said to nobody.
    is_ours = base is not Refusal and not base.__module__.startswith("tests")
    found = {base.code} if "code" in vars(base) and is_ours else set()
    return found.union(*(_codes(each) for each in base.__subclasses__()))


def _told_kinds() -> set[str]:
    """Return the kinds of notices that operations tell, by the literals in their calls."""
    return {
        keyword.value.value
        for source in sources(tops=("exchange", "wallet"))
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tell"
        for keyword in node.keywords
        if keyword.arg == "kind"
        and isinstance(keyword.value, ast.Constant)
        and isinstance(keyword.value.value, str)
    }


def test_every_refusal_has_a_sentence() -> None:
    codes = {code for code in _codes(Refusal) if re.fullmatch(r"[a-z_]+", code)}
    assert codes > FOR_PROGRAMS
    assert sorted(code for code in codes - FOR_PROGRAMS if not has_sentence(code)) == []


def test_every_notice_has_a_sentence() -> None:
    kinds = _told_kinds()
    assert kinds
    assert sorted(kind for kind in kinds if not has_notice(kind)) == []
