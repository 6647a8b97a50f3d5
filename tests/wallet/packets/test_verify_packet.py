"""The program that verifies a packet: what holds, and every way in which it may not."""

import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests import given, given_packets
from wallet.holders.rules import opaque_id
from wallet.packets import verify_packet
from wallet.packets.models import Packet
from wallet.packets.operations import (
    finish_empty_packets,
    publish_packet_days,
    return_expired_packets,
    reveal_packet_days,
)
from wallet.packets.queries import broken_in, packet_facts, packet_with
from wallet.packets.verify_packet import Broken, verify

pytestmark = pytest.mark.django_db

Facts = dict[str, Any]


def over(packet: Packet, *, at: datetime) -> Facts:
    """Return a packet's facts once it and its day are over."""
    finish_empty_packets(now=at)
    return_expired_packets(now=at)
    reveal_packet_days(now=at)
    return packet_facts(packet_with(packet.pk))


@pytest.fixture
def facts(now: datetime) -> Facts:
    publish_packet_days(now=now - timedelta(days=1))
    packet = given_packets.a_packet(coins=100, shares=6)
    given_packets.opened_by(packet, [given.a_holder() for _ in range(4)])
    return over(packet, at=now + timedelta(days=2))


def test_a_packet_holds_from_its_beginning_to_its_end(now: datetime) -> None:
    publish_packet_days(now=now - timedelta(days=1))
    packet = given_packets.a_packet(coins=100, shares=3)
    shown = packet_facts(packet_with(packet.pk))
    assert (shown["share_seed"], shown["drawn"], shown["day"]["seed"]) == (None, None, None)
    assert "open" in verify(shown)[-1]
    friends = [given.a_holder() for _ in range(3)]
    given_packets.opened_by(packet, friends[:2])
    assert "2 openings" in verify(packet_facts(packet_with(packet.pk)))[0]
    given_packets.opened_by(packet, friends[2:])
    finish_empty_packets(now=now)
    assert "not shown yet" in verify(packet_facts(packet_with(packet.pk)))[-1]
    ended = over(packet, at=now + timedelta(days=2))
    found = verify(ended, commitment=shown["commitment"].upper())
    assert found[-1].endswith("published before the day.")
    assert broken_in(ended) == ""
    with pytest.raises(Broken):
        verify(ended, commitment="00" * 32)


def test_a_hash_of_the_same_day_is_told(now: datetime) -> None:
    packet = given_packets.a_packet(kind="equal", coins=6, shares=3)
    found = verify(over(packet, at=now + timedelta(days=2)))
    assert found[-1].endswith("on that day, before the packet was made.")


def _opening(facts: Facts, place: int, **changes: Any) -> None:
    facts["openings"][place].update(changes)


def _swapped(facts: Facts, first: int, second: int) -> None:
    """Let two openings get each other's shares, as the books would show it."""
    one, other = facts["openings"][first], facts["openings"][second]
    for field in ("position", "coins"):
        one[field], other[field] = other[field], one[field]


FAULTS: dict[str, Callable[[Facts], None]] = {
    "another form": lambda facts: facts.update(form="x"),
    "another commitment": lambda facts: facts.update(commitment="00" * 32),
    "another seed": lambda facts: facts.update(share_seed="00" * 32),
    "half a seed": lambda facts: facts.update(share_seed="00" * 16),
    "a seed withheld": lambda facts: facts.update(share_seed=None),
    "a seed shown early": lambda facts: facts.update(state="open"),
    "shares in another order": lambda facts: facts["drawn"].reverse(),
    "more coins": lambda facts: facts.update(coins=facts["coins"] + 1),
    "fewer shares": lambda facts: facts.update(shares=5),
    "another kind": lambda facts: facts.update(kind="equal"),
    "no kind": lambda facts: facts.update(kind="lovely"),
    "another payment": lambda facts: _opening(facts, 1, coins=99),
    "a position twice": lambda facts: _opening(facts, 1, position=1),
    "a position that is none": lambda facts: _opening(facts, 1, position=7),
    "an opening missing": lambda facts: facts["openings"].pop(1),
    "one that began after itself": lambda facts: _opening(facts, 1, began_after=2),
    "one who waited for a share": lambda facts: _swapped(facts, 1, 3),
    "more returned": lambda facts: facts.update(returned=facts["returned"] + 1),
    "finished but not opened": lambda facts: facts.update(state="finished"),
    "another day": lambda facts: facts["day"].update(day="2026-11-17"),
    "another day's seed": lambda facts: facts["day"].update(seed="11" * 32),
    "another packet": lambda facts: facts.update(id="00000000-0000-8000-8000-000000000000"),
    "published too late": lambda facts: facts["day"].update(published_at="2026-11-16T12:00:00Z"),
    "no openings": lambda facts: facts.pop("openings"),
    "a text for a number": lambda facts: facts.update(shares="6"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_each_fault_is_found(facts: Facts, fault: Callable[[Facts], None]) -> None:
    verify(facts)
    spoilt = deepcopy(facts)
    fault(spoilt)
    with pytest.raises(Broken):
        verify(spoilt)
    assert broken_in(spoilt)


def test_a_day_seed_that_gives_another_packet_seed_is_found(facts: Facts) -> None:
    import hashlib

    other = "22" * 32
    facts["day"].update(seed=other, seed_hash=hashlib.sha256(bytes.fromhex(other)).hexdigest())
    with pytest.raises(Broken, match="does not follow"):
        verify(facts)


def test_only_those_under_way_together_pass_each_other(facts: Facts) -> None:
    _swapped(facts, 1, 3)
    for place in (2, 3):
        _opening(facts, place, began_after=1)
    assert "2 of them not in the order" in verify(facts)[0]
    _opening(facts, 3, began_after=2)
    with pytest.raises(Broken, match="Opening 4 took position 2"):
        verify(facts)


def test_a_share_that_many_passed_and_nobody_took_is_found(facts: Facts) -> None:
    for place, position in enumerate((1, 3, 4, 5)):
        _opening(facts, place, position=position, coins=facts["drawn"][position - 1])
    facts["returned"] = facts["coins"] - sum(each["coins"] for each in facts["openings"])
    with pytest.raises(Broken, match="passed the free position 2"):
        verify(facts)
    for place in (2, 3):
        _opening(facts, place, began_after=1)
    verify(facts)


def test_the_program_runs_alone(facts: Facts, tmp_path: Path) -> None:
    program = tmp_path / "verify_packet.py"
    program.write_text(Path(verify_packet.__file__).read_text())
    file = tmp_path / "packet.json"
    file.write_text(json.dumps(facts))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(program), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    found = run(str(file), facts["commitment"])
    assert (found.returncode, found.stderr) == (0, "")
    assert "6 shares of 100 coins" in found.stdout
    file.write_text(json.dumps(facts | {"returned": 0}))
    assert (run(str(file)).returncode, run().returncode) == (1, 2)
    for text in ("{", "[]", '"x"'):
        file.write_text(text)
        assert run(str(file)).returncode in {1, 2}
    assert run(str(tmp_path / "none.json")).returncode == 2


def test_the_command_takes_a_file_or_an_id(facts: Facts, tmp_path: Path) -> None:
    packet = Packet.objects.get()
    file = tmp_path / "packet.json"
    file.write_text(json.dumps(facts))
    for asked in (opaque_id("pkt", packet.pk), str(packet.pk), str(file)):
        out = StringIO()
        call_command("verify_packet", asked, stdout=out)
        assert "6 shares of 100 coins" in out.getvalue()
    file.write_text(json.dumps(facts | {"returned": 0}))
    with pytest.raises(CommandError, match="does not hold") as broken:
        call_command("verify_packet", str(file))
    assert broken.value.returncode == 1
    for asked in ("pkt_" + "a" * 26, str(tmp_path / "none.json"), str(tmp_path)):
        with pytest.raises(CommandError) as missing:
            call_command("verify_packet", asked)
        assert missing.value.returncode == 2
