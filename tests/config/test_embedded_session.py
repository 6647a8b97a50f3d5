"""One serve or demo at a time; who comes while it ends waits, and is told for what."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from config.embedded import home as homes
from config.embedded import session
from config.embedded.session import embedded_servers
from config.embedded.state import State

SECONDS_MAX = 60


class Servers:
    """Servers that only tell whether they run; who waits for them is noticed."""

    def __init__(self) -> None:
        self.run = False
        self.stopped = 0
        self.somebody_waits = threading.Event()

    def start(self, *, owned: ExitStack, **more: object) -> bool:
        started, self.run = not self.run, True
        if started:
            owned.callback(self._stop)
        return started

    def _stop(self) -> None:
        self.run = False
        self.stopped += 1


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Servers:
    made, lock = Servers(), homes._has_locked

    def noticed(*, descriptor: int) -> bool:
        has_it = lock(descriptor=descriptor)
        if not has_it:
            made.somebody_waits.set()
        return has_it

    monkeypatch.setattr(session, "_start_missing", made.start)
    monkeypatch.setattr(session, "read_state", lambda **_: State())
    monkeypatch.setattr(session, "write_state", lambda **_: None)
    monkeypatch.setattr(session, "_export", lambda **_: None)
    monkeypatch.setattr(session, "STOP_SIGNALS", ())  # those of the tests' own process stay
    monkeypatch.setattr(homes, "_has_locked", noticed)
    monkeypatch.setattr(homes, "LOCK_POLL_SECONDS", 0.001)
    return made


@pytest.fixture
def at_once() -> Iterator[Callable[[Callable[[], None]], threading.Thread]]:
    """Yield what runs something in a thread of its own, which must have ended after the test."""
    begun: list[threading.Thread] = []

    def run(work: Callable[[], None]) -> threading.Thread:
        begun.append(threading.Thread(target=work, daemon=True))
        begun[-1].start()
        return begun[-1]

    yield run
    for thread in begun:
        thread.join(SECONDS_MAX)
        assert not thread.is_alive()


def use(home: Path, servers: Servers, ran: list[bool], *, stays: bool) -> Callable[[], None]:
    def work() -> None:
        with embedded_servers(home=home, stays=stays, durable=True) as ours:
            assert servers.run
            ran.append(ours)

    return work


@pytest.mark.parametrize("stays", [True, False], ids=["another that stays", "a short one"])
def test_who_comes_while_one_ends_waits_and_has_servers_of_its_own(
    stays: bool,
    tmp_path: Path,
    servers: Servers,
    at_once: Callable[[Callable[[], None]], threading.Thread],
    capsys: pytest.CaptureFixture[str],
) -> None:
    ran: list[bool] = []
    with embedded_servers(home=tmp_path, stays=True, durable=True):
        with pytest.raises(SystemExit):  # what ends the web and the workers, before the servers
            session._exit(15, None)
        other = at_once(use(tmp_path, servers, ran, stays=stays))
        assert servers.somebody_waits.wait(SECONDS_MAX)
        assert ran == []
    other.join(SECONDS_MAX)
    assert (ran, servers.stopped) == ([True], 2)
    assert "Waiting for a" in capsys.readouterr().err


def test_a_second_that_stays_waits_for_the_first_and_says_so(
    tmp_path: Path,
    servers: Servers,
    at_once: Callable[[Callable[[], None]], threading.Thread],
    capsys: pytest.CaptureFixture[str],
) -> None:
    ran: list[bool] = []
    with embedded_servers(home=tmp_path, stays=True, durable=True):
        at_once(use(tmp_path, servers, ran, stays=True))
        assert servers.somebody_waits.wait(SECONDS_MAX)
        assert (ran, servers.stopped) == ([], 0)
        assert capsys.readouterr().err == "Waiting for another serve or demo here: end it first.\n"


def test_a_short_one_attaches_to_one_that_stays(tmp_path: Path, servers: Servers) -> None:
    ran: list[bool] = []
    with embedded_servers(home=tmp_path, stays=True, durable=True):
        use(tmp_path, servers, ran, stays=False)()
        assert (ran, servers.run) == ([False], True)
    assert servers.stopped == 1
