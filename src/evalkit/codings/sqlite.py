"""A SQLite file of another program → the rows of its tables, read and never written.

Such a file may come from anybody. It is opened read-only and as one that does not change, nothing
in it is carried out (no views, triggers, functions or virtual tables), and size and time are
limited. Every mistake in it is one `EvalkitError` that names the file and no folder.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evalkit.errors import EvalkitError, fault

MAGIC = b"SQLite format 3\x00"
_LONGEST = 100_000_000
_MOST_BYTES = 2_000_000_000
_MOST_TEXT = 500_000_000
_MOST_ROWS = 5_000_000
_SECONDS = 60.0
_STEPS = 20_000

Row = Mapping[str, object]

_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
_FIX = "Open it in the program that it comes from, and save it or export it again."


@dataclass
class Database:
    """An open file; `tables` are the names of its ordinary tables."""

    connection: sqlite3.Connection
    file: str
    tables: frozenset[str]
    read_text: int = 0

    def rows(self, table: str, required: Sequence[str], optional: Sequence[str] = ()) -> list[Row]:
        """The rows of a table in the order in which they were made; a column it lacks is None.

        Raises `EvalkitError` when the table or a required column is missing, or cannot be read.
        """
        with _as_faults(self.file):
            columns = self.columns(table)
            missing = [each for each in required if each not in columns]
            if missing:
                what = f'"{table}.{missing[0]}"' if columns else f'"{table}"'
                raise fault(
                    f"The database has no {what}, which every version of the program has.",
                    _FIX,
                    file=self.file,
                )
            taken = [each for each in (*required, *optional) if each in columns]
            listed = ", ".join(f'"{each}"' for each in taken)
            query = f'SELECT {listed} FROM "{table}" ORDER BY rowid'  # noqa: S608 - our own names
            empty = dict.fromkeys(optional)
            return [
                {**empty, **dict(zip(taken, cells, strict=True))}
                for cells in self._limited(self.connection.execute(query))
            ]

    def columns(self, table: str) -> frozenset[str]:
        """The columns of a table, none if there is no such table."""
        if table not in self.tables:
            return frozenset()
        found = self.connection.execute(f'PRAGMA table_info("{table}")')
        return frozenset(str(row[1]) for row in found)

    def _limited(self, cursor: sqlite3.Cursor) -> Iterator[tuple[object, ...]]:
        for number, cells in enumerate(cursor):
            self.read_text += sum(len(each) for each in cells if isinstance(each, str | bytes))
            if number >= _MOST_ROWS or self.read_text > _MOST_TEXT:
                raise _too_large(self.file)
            yield cells


def is_sqlite(path: Path) -> bool:
    """Whether the file begins as every SQLite database does."""
    try:
        with path.open("rb") as opened:
            return opened.read(len(MAGIC)) == MAGIC
    except (OSError, ValueError):
        return False


@contextmanager
def opened(path: Path, file: str) -> Iterator[Database]:
    """A database in a file, called `file` in messages."""
    try:
        size = path.stat().st_size
    except (OSError, ValueError) as cause:
        why = getattr(cause, "strerror", None) or "no such file"
        raise fault(f"The file cannot be read ({why}).", file=file) from None
    if not is_sqlite(path):
        raise not_sqlite(file)
    if size > _MOST_BYTES:
        raise _too_large(file)
    for ending in ("-wal", "-journal"):
        beside = path.with_name(path.name + ending)
        if beside.is_file() and beside.stat().st_size:
            raise unsaved(file)
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    with _as_faults(file):
        connection = sqlite3.connect(uri, uri=True)
        try:
            yield _database(connection, file)
        finally:
            connection.close()


@contextmanager
def opened_bytes(data: bytes, file: str) -> Iterator[Database]:
    """A database in memory, such as one taken out of a zip file."""
    if not data.startswith(MAGIC):
        raise not_sqlite(file)
    legacy = data[:18] + b"\x01\x01" + data[20:]  # a log beside it cannot be opened in memory
    with _as_faults(file):
        connection = sqlite3.connect(":memory:")
        try:
            connection.deserialize(legacy)
            connection.execute("PRAGMA query_only = ON")
            yield _database(connection, file)
        finally:
            connection.close()


def _database(connection: sqlite3.Connection, file: str) -> Database:
    """The connection, guarded before the first thing in the file is read."""
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA mmap_size = 0")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    until = time.monotonic() + _SECONDS
    connection.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)
    connection.set_authorizer(_authorizer)
    found = connection.execute("SELECT type, name, sql FROM sqlite_master")
    names = [name for kind, name, sql in found if kind == "table" and _is_ordinary(sql)]
    return Database(connection, file, frozenset(each for each in names if isinstance(each, str)))


def _is_ordinary(sql: object) -> bool:
    return not (isinstance(sql, str) and sql.lstrip().upper().startswith("CREATE VIRTUAL"))


def _authorizer(
    action: int, one: str | None, _two: str | None, _database: str | None, inside: str | None
) -> int:
    """Reading tables is allowed, and nothing that a view, a trigger or a function would do."""
    if inside is None and action in _ALLOWED:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and one == "table_info":
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


@contextmanager
def _as_faults(file: str) -> Iterator[None]:
    try:
        yield
    except EvalkitError:
        raise
    except (sqlite3.Error, sqlite3.Warning, MemoryError, OverflowError, UnicodeError) as cause:
        raise _said(str(cause), file) from cause


def _said(cause: str, file: str) -> EvalkitError:
    """What the library found wrong, as a person can use it."""
    if "too big" in cause or "memory" in cause or "too large" in cause:
        return _too_large(file)
    if "interrupted" in cause:
        return fault("It takes too long to read the database.", _FIX, file=file)
    if "not authorized" in cause or "prohibited" in cause or "unsafe" in cause:
        what = "The database would carry out something when it is read, which is not allowed."
        return fault(what, _FIX, file=file)
    if "not a database" in cause or "encrypted" in cause:
        return not_sqlite(file)
    return fault("The database is damaged or cut off.", _FIX, file=file)


def not_sqlite(file: str) -> EvalkitError:
    """The error for a file that should be a database and is none."""
    what = "The file is no SQLite database: it is damaged, empty or encrypted."
    return fault(what, f"{_FIX} If it has a password, save it without one.", file=file)


def unsaved(file: str) -> EvalkitError:
    """The error for a database whose program has not put everything into it yet."""
    what = "A file beside it holds changes that are not yet in the database."
    fix = "Open the project in the program that it comes from, close the program, and try again."
    return fault(what, fix, file=file)


def _too_large(file: str) -> EvalkitError:
    what = "The database, or a text in it, is too large to be read."
    return fault(what, "Export a part of the project.", file=file)


def text_of(value: object) -> str:
    """A cell as text, whatever was stored in it; "" for NULL."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def whole(value: object) -> int | None:
    """A cell as a whole number, None where it is none."""
    if isinstance(value, str):
        value = value.strip()
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else None
    return value if isinstance(value, int) else None
