"""Large files, read in batches of encoded columns: plain text tables and Parquet.

What comes out is what the ordinary reader gives. Where that is not certain, `Unsure` is raised,
and the ordinary reader has to read the file.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from evalkit.delimited import (
    BEGINNING,
    CONTROL,
    SEPARATORS,
    encodings,
    reader,
    rectangular,
    separator_of,
)
from evalkit.errors import EvalkitError, Problem, fault
from evalkit.intake.blocks import Shape, beginning, blocks, is_known, shape
from evalkit.intake.encode import Encoder, Parquet
from evalkit.intake.export import Column, Encoded, Export, Reason, Sheet

T = TypeVar("T")

LARGE = 4_000_000
"""Text of so many bytes is read here; of fewer, importing polars costs more than it saves."""

_SAMPLE = 1_000_000
_SAMPLE_ROWS = 1_000
_BLOCK = 16_000_000
_CELL = 16
"""Bytes that polars keeps for a cell of text, beside long texts."""


class Unsure(Exception):
    """The ordinary reader may read the file otherwise."""


class Batches(Protocol):
    """An export in batches of about `size` bytes, one after the other; in one if that is None."""

    def __call__(self, size: int | None = None) -> Iterator[Export]:
        """The batches, from the first on."""


def read_text(
    path: Path,
    file: str,
    encoding: str | None,
    plain: Callable[[Sheet], Reason | None],
    use: Callable[[Batches], T],
) -> T | None:
    """What `use` makes of a text file's batches; None if the ordinary reader has to read the file.

    `plain` says of the first rows why the file has one heading row, and None if it has not. `use`
    is called again when the file turns out to be in another encoding.
    """
    if not _is_large(path):
        return None
    try:
        with path.open("rb") as opened:
            candidates = encodings(opened.read(4), file, encoding)
        for each in candidates:
            try:
                return use(_open_text(path, file, each, plain).batches)
            except UnicodeError:
                continue
    except (OSError, csv.Error, Unsure):
        return None
    return None


def _is_large(path: Path) -> bool:
    try:
        return path.stat().st_size >= LARGE
    except (OSError, ValueError):
        return False


def _open_text(
    path: Path, file: str, encoding: str, plain: Callable[[Sheet], Reason | None]
) -> _Text:
    """The file, if its beginning tells what the ordinary reader would find."""
    if not is_known(encoding):
        raise Unsure
    text, whole = beginning(path, encoding, _SAMPLE)
    if not whole and len(text) < BEGINNING:
        raise Unsure
    separator = separator_of(text)
    records = list(itertools.islice(reader(text, separator), _SAMPLE_ROWS))
    if not whole and len(records) < _SAMPLE_ROWS:
        records.pop()  # it may go on
    if not records or len(records[0]) < 2 or any(map(CONTROL.search, records[0])):
        raise Unsure
    how = Reason(f"how_text_{SEPARATORS[separator]}", {"encoding": encoding})
    rows = tuple((number, tuple(cells)) for number, cells in enumerate(records, start=1))
    reason = plain(Sheet(file, rows, how, path))
    if reason is None:
        raise Unsure
    return _Text(path, file, encoding, separator, rows[0][1], (how, reason))


@dataclass(frozen=True)
class _Text:
    path: Path
    file: str
    encoding: str
    separator: str
    heading: tuple[str, ...]
    how: tuple[Reason, ...]

    def batches(self, size: int | None = None) -> Iterator[Export]:
        """Batches of rows; raises `EvalkitError` after the last for rows of another width."""
        problems: list[Problem] = []
        last_filled, batch = 0, _Batch(self, 2)
        for block, found in _ahead(self._blocks(min(_BLOCK, size or _BLOCK))):
            batch.add(block, found)
            if size and batch.size >= size:
                last_filled = max(last_filled, batch.last_filled)
                problems += batch.problems
                done, batch = batch, _Batch(self, batch.next)
                if done.height:
                    yield done.export()
                del done
        last_filled = max(last_filled, batch.last_filled)
        # Rows of one blank cell at the end of the file are no respondents.
        problems = [each for each in (*problems, *batch.problems) if (each.row or 0) <= last_filled]
        rest = [batch.export()] if batch.height else []
        if problems:
            raise EvalkitError(problems)
        if not last_filled:
            raise Unsure
        yield from rest

    def _blocks(self, size: int) -> Iterator[tuple[bytes, Shape | None]]:
        for number, each in enumerate(blocks(self.path, self.encoding, size)):
            block = each if number else self._below_heading(each)
            if block:
                yield block, shape(block, self.separator)

    def _below_heading(self, block: bytes) -> bytes:
        end = block.find(b"\n") + 1
        while end and block.count(b'"', 0, end) % 2:
            end = block.find(b"\n", end) + 1
        if list(reader(block[:end].decode(), self.separator)) != [list(self.heading)]:
            raise Unsure
        return block[end:]


@dataclass
class _Batch:
    """Rows that are being gathered; `next` is the number of the row that comes after them."""

    text: _Text
    next: int
    size: int = 0
    height: int = 0
    last_filled: int = 0
    problems: list[Problem] = field(default_factory=list)
    rows: list[Sequence[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.width = len(self.text.heading)
        self.encoder = Encoder(self.width)

    def add(self, block: bytes, found: Shape | None) -> None:
        self.size += len(block)
        if found is None:
            raise Unsure
        even = found.separators == found.rows * (self.width - 1)
        if even and not found.returns and not block.startswith(b"\xef\xbb\xbf"):
            rows = self.encoder.add_text(block, self.text.separator)
            if rows == found.rows:
                self._took(range(self.next, self.next + rows))
                self.next += rows
                return
            if rows is not None:
                raise Unsure
        self._add_slowly(block.decode())

    def _took(self, rows: Sequence[int]) -> None:
        if rows:
            self.rows.append(rows)
            self.height += len(rows)
            self.last_filled = rows[-1]

    def _add_slowly(self, text: str) -> None:
        """Take a block in which a line is blank or a row has another width."""
        if CONTROL.search(text):
            raise Unsure
        records = list(enumerate(reader(text, self.text.separator), start=self.next))
        given = ((number, tuple(cells)) for number, cells in records)
        kept, problems = rectangular(self.width, given, self.text.file)
        if kept:
            self.encoder.add_rows([cells for _, cells in kept])
        self._took([number for number, _ in kept])
        filled = [
            number for number, cells in records if len(cells) > 1 or any(map(str.strip, cells))
        ]
        self.last_filled = max([self.last_filled, *filled[-1:]])
        self.problems += problems
        self.next += len(records)

    def export(self) -> Export:
        columns = []
        for heading, cells in zip(self.text.heading, self.encoder.columns(), strict=True):
            _check(cells)
            columns.append(Column(heading.strip(), cells))
        return Export(self.text.file, "plain", tuple(columns), _numbers(self.rows), self.text.how)


def _ahead(found: Iterator[T]) -> Iterator[T]:
    """The same, the next being made ready while one is used."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, found, None)
        while (each := coming.result()) is not None:
            coming = pool.submit(next, found, None)
            yield each


def _check(cells: Encoded) -> None:
    """Raise `Unsure` for what the ordinary reader refuses."""
    texts = [text for text in cells.texts if text]
    together = " ".join(texts)
    if CONTROL.search(together) or max(map(len, texts), default=0) > csv.field_size_limit():
        raise Unsure


def _numbers(runs: Sequence[Sequence[int]]) -> Sequence[int]:
    """Row numbers as a range, where none is left out."""
    first, last = runs[0][0], runs[-1][-1]
    if last - first + 1 == sum(map(len, runs)):
        return range(first, last + 1)
    return tuple(itertools.chain(*runs))


def read_parquet(path: Path, file: str, use: Callable[[Batches], T]) -> T:
    """What `use` makes of a Parquet file's batches; raises `EvalkitError` if it cannot be read."""
    found = Parquet(path, file)
    if not found.height or not found.schema:
        raise fault("The file has no respondent.", file=file)
    headings = tuple(each.strip() for each in found.schema)

    def batches(size: int | None = None) -> Iterator[Export]:
        block = max(1, _BLOCK // (_CELL * len(headings)))
        height = max(1, size // (_CELL * len(headings))) if size else found.height
        for first in range(0, found.height, height):
            last = min(first + height, found.height)
            encoder = Encoder(len(headings))
            for at in range(first, last, block):
                encoder.add_frame(found.rows(at, min(block, last - at)))
            columns = tuple(map(Column, headings, encoder.columns()))
            rows = range(first + 1, last + 1)
            yield Export(file, "parquet", columns, rows, (Reason("how_parquet"),))

    return use(batches)
