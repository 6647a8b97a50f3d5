"""What proofs find broken is said to staff in Chinese: each sentence that their files write."""

import re

import pytest
from django.utils.translation import override

from ledger.proofs.queries import fault_in_words, fault_pattern
from ledger.registry import Proof, proofs
from tests.house.messages import CHINESE

# A book's log says in many ways how it differs; its operators read English.
IN_ENGLISH = {"books_equal_their_logs"}
FORMATS = re.compile(r"format\('((?:[^']|'')*)'")


def _english(proof: Proof) -> list[str]:
    with override("en"):
        return [str(fault) for fault in proof.faults]


@pytest.mark.parametrize("proof", proofs(), ids=lambda proof: proof.name)
def test_every_sentence_is_one_that_the_proof_writes(proof: Proof) -> None:
    assert bool(proof.faults) == (proof.name not in IN_ENGLISH)
    if proof.sql is None:
        return
    written = proof.sql.read_text().replace("%%s", "%s")
    for sentence in _english(proof):
        parts = [part.strip(" ,:/") for part in re.split(r"{\w+}", sentence)]
        assert [part for part in parts if part not in written] == []


def test_every_format_of_a_file_is_among_its_sentences() -> None:
    unsaid = [
        text
        for proof in proofs()
        if proof.sql is not None and not proof.shared
        for text in FORMATS.findall(proof.sql.read_text())
        if not any(
            fault_pattern(english).fullmatch(text.replace("%s", "x")) for english in _english(proof)
        )
    ]
    assert unsaid == []


def test_a_fault_is_said_in_the_readers_language() -> None:
    by_name = {proof.name: proof for proof in proofs()}
    found = (
        "number 1, 2026-11, package national: 500 MB deposited or rolled, 48 MB attested as left"
    )
    faults = by_name["anti_loop"].faults
    assert fault_in_words(found, faults=faults) == (
        "号码 1，2026-11，套餐 national：存入或结转 500 MB，证明剩下的只有 48 MB"
    )
    with override("en"):
        assert fault_in_words(found, faults=faults) == found
    assert fault_in_words("what nobody foresaw", faults=faults) == "what nobody foresaw"
    assert not CHINESE.search(found)
