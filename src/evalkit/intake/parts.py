"""A large export, placed batch by batch: only one batch's texts are held at a time.

What is kept of a batch is its codes, two bytes a cell, and a number for each identifier.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evalkit.codebook import Codebook, tidy
from evalkit.errors import Problem
from evalkit.intake import large
from evalkit.intake.export import Encoded, Export, encoded
from evalkit.intake.place import Reading, place, place_part, repeated_id
from evalkit.intake.read import read_batches

MEMORY_LIMIT = 2000
"""Megabytes that the texts of an export may need, where study.yaml does not say."""

_AT_MOST = 50
"""So many times its bytes can a batch need: measured where no two cells are the same."""

Batches = Callable[[], Iterator[Export]]


def place_batches(batches: Batches, codebook: Codebook) -> Reading:
    """As `place` of all rows at once; `batches` is asked again where identifiers repeat.

    Of a file in several batches the export has its columns without their cells.
    """
    found = batches()
    first = next(found)
    second = next(found, None)
    if second is None:
        return place(first, codebook)
    parts = _Parts(codebook)
    parts.add(first)
    del first
    parts.add(second)
    del second
    while (export := next(found, None)) is not None:
        parts.add(export)
        del export  # before the next is read
    return parts.reading(batches)


def read_export(
    path: Path,
    file: str,
    codebook: Codebook,
    encoding: str | None = None,
    form: str = "",
    sheet: str = "",
    memory_limit: int | None = None,
) -> Reading:
    """Read an export file and place its cells; raises `EvalkitError` when it cannot be read.

    A text of the plain layout or a Parquet file that could need more than `memory_limit` megabytes
    (`MEMORY_LIMIT` if None) is read batch by batch, with the same result.
    """
    size = (memory_limit or MEMORY_LIMIT) * 1_000_000 // _AT_MOST

    def placed(batches: large.Batches) -> Reading:
        return place_batches(lambda: batches(size), codebook)

    return read_batches(path, file, form, encoding, sheet, placed)


class _Parts:
    """The readings of a file's batches, as they come."""

    def __init__(self, codebook: Codebook) -> None:
        self._codebook = codebook
        self._readings: list[Reading] = []
        self._problems: list[list[list[Problem]]] = []
        self._ids: dict[int, list[NDArray[np.int64]]] = {}

    def add(self, export: Export) -> None:
        """Place a batch, and forget its texts."""
        reading, problems = place_part(export, self._codebook)
        for at, texts in _identifiers(export, self._codebook).items():
            hashes = np.array([hash(text) for text in texts.texts], np.int64)
            self._ids.setdefault(at, []).append(hashes[texts.codes])
        columns = tuple(replace(column, cells=()) for column in reading.export.columns)
        bare = replace(reading.export, columns=columns, rows=())
        self._readings.append(replace(reading, export=bare))
        self._problems.append(problems)

    def reading(self, batches: Batches) -> Reading:
        """The batches as one; problems stand in the order of `place`, a batch's after another's."""
        first = self._readings[0]
        columns, _, *others = zip(*self._problems, strict=True)
        problems = [*columns[0], *self._repeated(batches, first.export)]
        for each in others:
            problems += itertools.chain(*each)
        n = sum(each.responses.n for each in self._readings)
        responses = replace(first.responses, n=n, codes=self._codes())
        return replace(first, responses=responses, problems=tuple(problems))

    def _codes(self) -> dict[str, NDArray[np.int16]]:
        parts = [dict(each.responses.codes) for each in self._readings]
        self._readings.clear()
        return {name: np.concatenate([part.pop(name) for part in parts]) for name in list(parts[0])}

    def _repeated(self, batches: Batches, export: Export) -> Iterator[Problem]:
        """A warning for each identifier that stands there several times, as `place` gives it."""
        again = {at: _repeating(np.concatenate(each)) for at, each in self._ids.items()}
        if not any(again.values()):
            return
        seen: dict[int, list[tuple[int, str]]] = {at: [] for at in again}
        for batch in batches():
            for at, cells in _identifiers(batch, self._codebook).items():
                suspect = [bool(text) and hash(text) in again[at] for text in cells.texts]
                places = np.flatnonzero(np.array(suspect, np.bool_)[cells.codes]).tolist()
                seen[at] += [(batch.rows[place], cells[place] or "") for place in places]
        for at, found in seen.items():
            times = Counter(text for _, text in found)
            for row, text in found:
                if times[text] > 1:
                    heading = export.columns[at].heading
                    yield repeated_id(export.file, row, heading, text, times[text])


def _identifiers(export: Export, codebook: Codebook) -> dict[int, Encoded]:
    """The cells of each column of identifiers, by its place in the export."""
    ids = {tidy(item.column) for item in codebook.items.values() if item.kind == "id"}
    columns = enumerate(export.columns)
    return {at: encoded(each.cells) for at, each in columns if tidy(each.heading) in ids}


def _repeating(hashes: NDArray[np.int64]) -> set[int]:
    """Which numbers stand there twice or more; an empty cell is no identifier."""
    hashes = np.sort(hashes)
    return set(hashes[1:][hashes[1:] == hashes[:-1]].tolist()) - {hash("")}
