"""A large text file in blocks of whole rows, as UTF-8, and what a block's bytes tell of its rows.

Only bytes are looked at here, by NumPy: rows are cut where no quotation mark is open.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

_LINE_AT_MOST = 65_536
_IN_CACHE = 131_072
_BOM = codecs.BOM_UTF8
_UTF8 = ("utf-8", "utf-8-sig")
_KNOWN = (*_UTF8, "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso8859-1", "iso8859-15", "cp850")
_QUOTE, _LINE_FEED, _RETURN = b'"\n\r'


def is_known(encoding: str) -> bool:
    """Whether a file in `encoding` can be decoded a piece at a time with the same result."""
    return codecs.lookup(encoding).name in _KNOWN


def beginning(path: Path, encoding: str, size: int) -> tuple[str, bool]:
    """The text of the first `size` bytes without leading line ends, and whether it is all."""
    with path.open("rb") as file:
        data = file.read(size)
        whole = not file.read(1)
    decoder = codecs.getincrementaldecoder(encoding)()
    return decoder.decode(data, whole).removeprefix("\ufeff").lstrip("\r\n"), whole


def blocks(path: Path, encoding: str, size: int) -> Iterator[bytes]:
    """The file as UTF-8 in blocks of whole rows, about `size` bytes each, from the first row on.

    Raises `UnicodeError` where bytes are none of a text in `encoding`; UTF-8 is taken as it is.
    """
    kept = b""
    for piece in _from_first_row(path, encoding, size):
        data = kept + piece if kept else piece
        end = _end_of_rows(data)
        if end:
            yield data[:end]
        kept = data[end:]
    if kept:
        yield kept


def _from_first_row(path: Path, encoding: str, size: int) -> Iterator[bytes]:
    started = False
    for piece in _pieces(path, encoding, size):
        data = piece if started else piece.lstrip(b"\r\n")
        started = started or bool(data)
        if data:
            yield data


def _pieces(path: Path, encoding: str, size: int) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        if codecs.lookup(encoding).name in _UTF8:
            yield from _utf8_pieces(file, size, codecs.lookup(encoding).name == "utf-8-sig")
            return
        decoder = codecs.getincrementaldecoder(encoding)()
        first = True
        while piece := file.read(size):
            text = decoder.decode(piece)
            yield (text.removeprefix("\ufeff") if first else text).encode()
            first = first and not text
        yield decoder.decode(b"", True).encode()


def _utf8_pieces(file: BinaryIO, size: int, with_mark: bool) -> Iterator[bytes]:
    """Pieces that end with a line where lines are short, so that nothing has to be copied."""
    at, marks = 0, 2 if with_mark else 1
    while True:
        file.seek(max(0, at + size - _LINE_AT_MOST))
        tail = file.read(_LINE_AT_MOST)
        end = file.tell() - len(tail) + tail.rfind(b"\n") + 1
        file.seek(at)
        piece = file.read(end - at if at < end < at + size else size)
        if not piece:
            return
        at += len(piece)
        for _ in range(marks):
            piece = piece.removeprefix(_BOM)
        marks = 0
        yield piece


def _end_of_rows(data: bytes) -> int:
    """Where the last row that is whole ends; 0 if none is."""
    end = data.rfind(b"\n")
    if b'"' not in data:
        return end + 1
    quotes = data.count(b'"', 0, max(end, 0))
    while end >= 0 and quotes % 2:
        before = data.rfind(b"\n", 0, end)
        quotes -= data.count(b'"', max(before, 0), end)
        end = before
    return end + 1


@dataclass(frozen=True)
class Shape:
    """How many rows a block has, blank ones too, and how many separators between cells.

    `returns` says whether a carriage return stands there alone, which may end a row or not.
    """

    rows: int
    separators: int
    returns: bool


def shape(data: bytes, separator: str) -> Shape | None:
    """What a block holds; None where a quotation mark stands elsewhere than around a cell."""
    found = np.frombuffer(data, np.uint8)
    last = 0 if data.endswith(b"\n") else 1
    if b'"' not in data:
        separators = _count(found, ord(separator))
        rows, returns = _count_lines(found)
        return Shape(rows + last, separators, returns)
    counted = _outside_quotes(found, ord(separator))
    if counted is None:
        return None
    return Shape(counted[0] + last, counted[1], _count_lines(found)[1])


def _count(found: NDArray[np.uint8], byte: int) -> int:
    starts = range(0, len(found), _IN_CACHE)
    return sum(int(np.count_nonzero(found[at : at + _IN_CACHE] == byte)) for at in starts)


def _count_lines(found: NDArray[np.uint8]) -> tuple[int, bool]:
    """How many line feeds there are, and whether a carriage return has none after it."""
    lines = pairs = 0
    for at in range(0, len(found), _IN_CACHE):
        ends = np.flatnonzero(found[at : at + _IN_CACHE] == _LINE_FEED) + at
        lines += len(ends)
        pairs += int(np.count_nonzero(found[ends[ends > 0] - 1] == _RETURN))
    return lines, pairs != _count(found, _RETURN)


def _outside_quotes(found: NDArray[np.uint8], separator: int) -> tuple[int, int] | None:
    """Line feeds and separators outside quotation marks; None if these are not around cells.

    Each first quotation mark has to begin a cell and each second one to end it. Inside a cell it is
    doubled: the first of the two ends, the second begins.
    """
    rows = separators = 0
    inside, edge_before, closed = np.uint8(0), True, False
    for at in range(0, len(found), _IN_CACHE):
        part = found[at : at + _IN_CACHE]
        quotes, ends, cuts = part == _QUOTE, part == _LINE_FEED, part == separator
        edges = quotes | ends | cuts | (part == _RETURN)
        # The sum overflows, and keeps its parity.
        within = ((np.cumsum(quotes, dtype=np.uint8) + inside) & 1).view(np.bool_)
        opening, closing = quotes & within, quotes & ~within
        wrong = opening[1:] & ~edges[:-1] | closing[:-1] & ~edges[1:]
        if wrong.any() or (opening[0] and not edge_before) or (closed and not edges[0]):
            return None
        rows += int(np.count_nonzero(ends & ~within))
        separators += int(np.count_nonzero(cuts & ~within))
        inside, edge_before, closed = np.uint8(within[-1]), bool(edges[-1]), bool(closing[-1])
    return None if inside else (rows, separators)
