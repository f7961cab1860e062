"""A large export, read batch by batch: only one batch's texts are held at a time.

What is kept of a batch is each distinct text once and an integer a cell; of a column that the
codebook does not name, whether its cells are filled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalkit.codebook import Codebook
from evalkit.intake import large
from evalkit.intake.export import Encoded, Export, encoded
from evalkit.intake.place import Reading, place
from evalkit.intake.ranks import rank_columns
from evalkit.intake.read import read_batches

MEMORY_LIMIT = 2000
"""Megabytes that the texts of an export may need, where study.yaml does not say."""

_AT_MOST = 50
"""So many times its bytes can a batch need: measured where no two cells are the same."""

_FILLED = "…"
"""What stands for any text in a column that the codebook does not name."""


def read_export(
    path: Path,
    file: str,
    codebook: Codebook,
    encoding: str | None = None,
    form: str = "",
    sheet: str = "",
    memory_limit: int | None = None,
) -> Reading:
    """Read an export file and place its cells; raises `EvalkitError` when it cannot be read."""
    export = export_for(codebook, path, file, encoding, form, sheet, memory_limit)
    return place(export, codebook)


def export_for(
    codebook: Codebook,
    path: Path,
    file: str,
    encoding: str | None = None,
    form: str = "",
    sheet: str = "",
    memory_limit: int | None = None,
) -> Export:
    """The export in a file, as far as `codebook` needs it; raises `EvalkitError` as `read` does.

    A text of the plain layout or a Parquet file that could need more than `memory_limit` megabytes
    (`MEMORY_LIMIT` if None) is read batch by batch, with the same result.
    """
    size = (memory_limit or MEMORY_LIMIT) * 1_000_000 // _AT_MOST

    def gathered(batches: large.Batches) -> Export:
        return gather(batches(size), codebook)

    return read_batches(path, file, form, encoding, sheet, gathered)


def gather(batches: Iterator[Export], codebook: Codebook) -> Export:
    """The batches of an export as one."""
    first = next(batches)
    second = next(batches, None)
    if second is None:
        return first
    together = _Together(first, codebook)
    together.add(second)
    del second
    while (export := next(batches, None)) is not None:
        together.add(export)
        del export  # before the next is read
    return together.export()


class _Together:
    """What has been read of an export, in batches."""

    def __init__(self, first: Export, codebook: Codebook) -> None:
        headings = [each.heading for each in first.columns]
        known = rank_columns(codebook, headings)
        self._bare = replace(
            first, columns=tuple(replace(each, cells=()) for each in first.columns), rows=()
        )
        self._columns = [_Texts(heading in known) for heading in headings]
        self._rows: list[NDArray[np.int64]] = []
        self.add(first)

    def add(self, export: Export) -> None:
        """Take a batch."""
        self._rows.append(np.asarray(export.rows, np.int64))
        for own, column in zip(self._columns, export.columns, strict=True):
            own.add(encoded(column.cells))

    def export(self) -> Export:
        """All batches as one; what is kept goes over into it."""
        columns = tuple(
            replace(bare, cells=own.cells())
            for bare, own in zip(self._bare.columns, self._columns, strict=True)
        )
        rows = np.concatenate(self._rows)
        self._rows.clear()
        if int(rows[-1]) - int(rows[0]) == len(rows) - 1:
            return replace(self._bare, columns=columns, rows=range(int(rows[0]), int(rows[-1]) + 1))
        return replace(self._bare, columns=columns, rows=tuple(rows.tolist()))


class _Texts:
    """A column's distinct texts so far, and the place of each cell's."""

    def __init__(self, named: bool) -> None:
        self._named = named
        self._places: dict[str | None, int] = {}
        self._codes: list[NDArray[np.integer[Any]]] = []

    def add(self, cells: Encoded) -> None:
        """Take some cells more."""
        texts = cells.texts if self._named else [_filled(text) for text in cells.texts]
        places = [self._places.setdefault(text, len(self._places)) for text in texts]
        small = len(self._places) <= np.iinfo(np.int16).max
        own = np.array(places, np.int16 if small else np.int32)
        self._codes.append(np.take(own, cells.codes))

    def cells(self) -> Encoded:
        """All cells; nothing is kept beside them."""
        codes = np.concatenate(self._codes)
        self._codes.clear()
        return Encoded(tuple(self._places), codes)


def _filled(text: str | None) -> str | None:
    return _FILLED if text and text.strip() else text and ""
