"""A simulated carrier's state on disk: what was committed survives kill -9."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Final

_SCHEMA: Final = Path(__file__).with_name("schema.sql")


class StateUnusable(Exception):
    """The file is no state of this carrier."""


class State:
    """One SQLite file, one connection, one lock; every write is a transaction."""

    def __init__(self, *, path: Path, carrier: str) -> None:
        """Open or begin a carrier's state.

        Raises:
            StateUnusable: the file is another carrier's, or no SQLite file at all.
        """
        self._lock = RLock()
        try:
            self._connection = sqlite3.connect(
                path, check_same_thread=False, isolation_level=None, timeout=10
            )
            self._connection.row_factory = sqlite3.Row
            # In WAL mode a process's death loses nothing that was committed, even unsynced.
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_SCHEMA.read_text())
        except sqlite3.Error as error:
            raise StateUnusable(f"{path} cannot be used: {error}") from error
        if self.remembered(name="carrier", value=carrier) != carrier:
            self.close()
            raise StateUnusable(f"{path} is the state of another carrier.")

    def close(self) -> None:
        """Close the file; a write under way ends first."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Do what is inside wholly or not at all, alone."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def one(self, sql: str, *values: str | int) -> sqlite3.Row | None:
        """Return the first row, or None."""
        with self._lock:
            found: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
            return found

    def every(self, sql: str, *values: str | int) -> list[sqlite3.Row]:
        """Return all rows."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def write(self, sql: str, *values: str | int) -> None:
        """Execute one statement."""
        with self._lock:
            self._connection.execute(sql, values)

    def write_each(self, sql: str, rows: Iterable[tuple[str | int, ...]]) -> None:
        """Execute one statement for each row, as they come."""
        with self._lock:
            self._connection.executemany(sql, rows)

    def remembered(self, *, name: str, value: str) -> str:
        """Return a fact, storing this value if there is none yet."""
        self.write("INSERT OR IGNORE INTO fact (name, value) VALUES (?, ?)", name, value)
        row = self.one("SELECT value FROM fact WHERE name = ?", name)
        return value if row is None else str(row["value"])

    def attempt_at(self, *, subject: str) -> int:
        """Count one more attempt at a subject and return how many there were."""
        (row,) = self.every(
            "INSERT INTO attempt (subject, times) VALUES (?, 1)"
            " ON CONFLICT (subject) DO UPDATE SET times = times + 1 RETURNING times",
            subject,
        )
        return int(row["times"])
