"""The servers' data lies where it should, and goes when it is told to."""

from pathlib import Path

import pytest

from config.embedded import home as homes
from config.embedded.home import CannotRun, home_of, passing_home_of, remove_homes

NAME = "embedded-test"


@pytest.fixture(autouse=True)
def _memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMBEDDED_DIR", raising=False)
    monkeypatch.setattr(homes, "is_reachable", lambda **_: True)
    monkeypatch.setattr(homes, "MEMORY", tmp_path / "memory")
    monkeypatch.setattr(homes, "MEMORY_BYTES_MIN", 1)
    (tmp_path / "memory").mkdir()


def test_servers_nobody_misses_live_in_memory(tmp_path: Path) -> None:
    home = passing_home_of(checkout=tmp_path, name=NAME)
    assert home.parent == tmp_path / "memory"
    assert home == passing_home_of(checkout=tmp_path, name=NAME)
    assert home != passing_home_of(checkout=tmp_path / "another", name=NAME)
    assert home_of(checkout=tmp_path, name=NAME) == tmp_path / f".{NAME}"


@pytest.mark.parametrize("missing", ["room", "memory"])
def test_they_live_on_disk_where_memory_has_no_room(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing == "room":
        monkeypatch.setattr(homes, "MEMORY_BYTES_MIN", 2**62)
    else:
        (tmp_path / "memory").rmdir()
    assert passing_home_of(checkout=tmp_path, name=NAME) == tmp_path / f".{NAME}"


def test_a_home_of_another_account_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = passing_home_of(checkout=tmp_path, name=NAME)
    stranger = home.stat().st_uid + 1
    monkeypatch.setattr("config.embedded.home.os.getuid", lambda: stranger)
    with pytest.raises(CannotRun, match="another account"):
        passing_home_of(checkout=tmp_path, name=NAME)


def test_all_of_a_checkout_is_removed(tmp_path: Path) -> None:
    made = [place(checkout=tmp_path, name=NAME) for place in (home_of, passing_home_of)]
    another = passing_home_of(checkout=tmp_path / "another", name=NAME)
    remove_homes(checkout=tmp_path)
    assert [home.exists() for home in made] == [False, False]
    assert another.exists()
