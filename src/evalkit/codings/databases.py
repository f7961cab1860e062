"""Projects that are SQLite files: which program one is from, in a file, a folder or a zip file."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from evalkit.codings import qualcoder, taguette
from evalkit.codings.model import CodingProject
from evalkit.codings.sqlite import Database, is_sqlite, opened, opened_bytes, unsaved
from evalkit.errors import EvalkitError, fault

INSIDE = "data.qda"
"""What QualCoder calls its database, whatever the project is called."""

_SUFFIXES = frozenset((".sqlite3", ".sqlite", ".sqlite-db", ".db", ".db3", ".qda", ".rqda"))
_MOST_BYTES = 500_000_000
_MOST_MEMBERS = 100_000
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, LookupError, OSError, ValueError)
_UNREADABLE = (NotImplementedError, RuntimeError)


def recognise(path: Path) -> bool:
    """Whether it is a database, should be one by its name, or holds a QualCoder project."""
    if path.is_dir():
        return (path / INSIDE).is_file()
    if not path.is_file():
        return False
    return is_sqlite(path) or path.suffix.lower() in _SUFFIXES or _is_zipped(path)


def read(path: Path, file: str) -> CodingProject:
    """Read a project of Taguette or QualCoder; other databases are refused by `EvalkitError`."""
    with _opened(path, file) as database:
        if database.tables >= qualcoder.TABLES:
            return qualcoder.read_database(database)
        if database.tables >= taguette.TABLES:
            return taguette.read_database(database)
        raise _unknown(database)


def _opened(path: Path, file: str) -> AbstractContextManager[Database]:
    if path.is_dir():
        return opened(path / INSIDE, f"{file}/{INSIDE}")
    if not is_sqlite(path) and _is_zipped(path):
        return _zipped(path, file)
    return opened(path, file)


def _unknown(database: Database) -> EvalkitError:
    if {"freecode", "coding", "source"} <= database.tables:
        what = "This is a project of RQDA, which is not read."
        fix = "Import it in QualCoder (Project, Import RQDA), and give the folder that it makes."
        return fault(what, fix, file=database.file)
    return fault(
        "The database is neither a project of Taguette nor one of QualCoder.",
        "Export the project from its program as REFI-QDA (.qdpx), or the coded segments as a "
        "table.",
        file=database.file,
    )


def _is_zipped(path: Path) -> bool:
    """Whether it is a zip file with a QualCoder database in it."""
    try:
        if not zipfile.is_zipfile(path):
            return False
        with zipfile.ZipFile(path) as parts:
            return any(_base(name) == INSIDE for name in parts.namelist())
    except (*_DAMAGE, *_UNREADABLE):
        return False


def _base(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1]


@contextmanager
def _zipped(path: Path, file: str) -> Iterator[Database]:
    """The one database in a zip file, read in memory: nothing is ever unpacked."""
    with opened_bytes(_member(path, file), f"{file}: {INSIDE}") as database:
        yield database


def _member(path: Path, file: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as parts:
            members = parts.infolist()
            found = [each for each in members if _base(each.filename) == INSIDE]
            if len(found) != 1 or len(members) > _MOST_MEMBERS:
                what = f"The zip file holds {len(found)} files {INSIDE}."
                raise fault(what, "Zip one project folder at a time.", file=file)
            logs = {f"{INSIDE}-wal", f"{INSIDE}-journal"}
            if any(_base(each.filename) in logs and each.file_size for each in members):
                raise unsaved(file)
            if found[0].file_size > _MOST_BYTES:
                raise fault("The database in it is too large.", "Unzip it first.", file=file)
            with parts.open(found[0]) as member:
                return member.read(_MOST_BYTES)
    except _DAMAGE as cause:
        raise fault("The zip file is damaged.", "Make it again.", file=file) from cause
    except _UNREADABLE as cause:
        fix = "Unzip it, and give the folder."
        raise fault("The zip file cannot be read without a password.", fix, file=file) from cause
