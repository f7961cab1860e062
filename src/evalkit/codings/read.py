"""What a file of codings is, by what is in it, and its reader."""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evalkit.codings import databases, tables, taguette
from evalkit.codings.model import CodingProject
from evalkit.codings.plain import SEGMENTS, read_plain
from evalkit.codings.refi import read_qdc, read_qdpx
from evalkit.codings.refi.project import read_qde
from evalkit.errors import EvalkitError, fault, nearest

_BEGINNING = 4096


@dataclass(frozen=True)
class Layout:
    """A kind of file or folder; `recognise` gets its path and, of a file, its first bytes."""

    name: str
    recognise: Callable[[Path, bytes], bool]
    read: Callable[[Path], CodingProject]


def _is_qdpx(path: Path, beginning: bytes) -> bool:
    if not beginning.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return any(each.casefold().endswith(".qde") for each in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return path.suffix.casefold() == ".qdpx"  # its reader says what is wrong


def _begins_with(element: str) -> Callable[[Path, bytes], bool]:
    def recognise(_: Path, beginning: bytes) -> bool:
        marks = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        encoding = "utf-16" if beginning.startswith(marks) else "utf-8-sig"
        root = _ROOT.match(beginning.decode(encoding, "ignore"))
        return root is not None and root["name"] == element

    return recognise


# The first element, behind the declaration, comments and a document type.
_ROOT = re.compile(
    r"\s*(?:(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)\s*)*"
    r"<(?:[\w.-]+:)?(?P<name>[\w.-]+)",
    re.DOTALL,
)


def _is_plain(path: Path, _: bytes) -> bool:
    return path.is_dir() and (path / SEGMENTS).is_file()


def _named(read: Callable[[Path, str], CodingProject]) -> Callable[[Path], CodingProject]:
    return lambda path: read(path, path.name)


# In this order; the first that recognises a file reads it.
LAYOUTS = (
    Layout("plain", _is_plain, read_plain),
    Layout("qdpx", _is_qdpx, read_qdpx),
    Layout("qdc", _begins_with("CodeBook"), read_qdc),
    Layout("qde", _begins_with("Project"), read_qde),
    Layout("database", lambda path, _: databases.recognise(path), _named(databases.read)),
    Layout("page", lambda path, _: taguette.recognise_page(path), _named(taguette.read_page)),
    Layout("table", lambda path, _: tables.recognise(path), _named(tables.read)),
)
# By name, for what is not to be recognised, so that the reader says what is wrong with it.
SUFFIXES = {".qdpx": read_qdpx, ".qdc": read_qdc, ".qde": read_qde}


def read_codings(path: Path) -> CodingProject:
    """Read codings from a file or a folder, whatever program they were made in.

    Raises `EvalkitError` for what is missing, is not recognised, or has faults.
    """
    beginning = _beginning(path)
    for layout in LAYOUTS:
        if layout.recognise(path, beginning):
            return layout.read(path)
    if path.is_file() and path.suffix.casefold() in SUFFIXES:
        return SUFFIXES[path.suffix.casefold()](path)
    raise _unknown(path)


def _beginning(path: Path) -> bytes:
    if path.is_dir():
        return b""
    try:
        with path.open("rb") as opened:
            return opened.read(_BEGINNING)
    except FileNotFoundError:
        names = [each.name for each in path.parent.glob("*")] if path.parent.is_dir() else []
        fix = nearest(path.name, names)
        raise fault("The file or folder does not exist.", fix, file=path.name) from None
    except (OSError, ValueError) as cause:
        raise fault("The file cannot be read.", file=path.name) from cause


def _unknown(path: Path) -> EvalkitError:
    if path.is_dir():
        message = f"The folder has no {SEGMENTS}."
        return fault(message, "Name the file that was exported, or add it.", file=path.name)
    message = "The file is not recognised as codings."
    return fault(
        message,
        "Export it as REFI-QDA (.qdpx or .qdc), or as a table of coded segments (CSV, XLSX).",
        file=path.name,
    )
