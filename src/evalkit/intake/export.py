"""An export in a neutral form: what every reader gives, whatever tool the file comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from evalkit.codebook import Status

Cells = Sequence[str | None]
"""Cells of a column: text as it stands, "" for an empty one, None for one that was not shown."""

_AT_ONCE = 65_536


@dataclass(frozen=True, eq=False)
class Encoded(Sequence[str | None]):
    """Cells as their distinct texts and, for each cell, the place of its text: shape (n,).

    It is read as any sequence is. Every text occurs, and only once in `texts`.
    """

    texts: Cells
    codes: NDArray[np.integer[Any]]

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, at: int) -> str | None: ...
    @overload
    def __getitem__(self, at: slice) -> Encoded: ...
    def __getitem__(self, at: int | slice) -> str | Encoded | None:
        return self.take(at) if isinstance(at, slice) else self.texts[self.codes[at]]

    def __iter__(self) -> Iterator[str | None]:
        for start in range(0, len(self.codes), _AT_ONCE):
            yield from map(self.texts.__getitem__, self.codes[start : start + _AT_ONCE].tolist())

    def __contains__(self, cell: object) -> bool:
        return cell in self.texts

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # it may be long, and equals a tuple

    def take(self, kept: slice | NDArray[np.bool_]) -> Encoded:
        """Some of the cells."""
        used, codes = np.unique(self.codes[kept], return_inverse=True)
        return Encoded(tuple(self.texts[at] for at in used.tolist()), codes.reshape(-1))


def encoded(cells: Cells) -> Encoded:
    """Any cells as their distinct texts, in the order in which these come."""
    if isinstance(cells, Encoded):
        return cells
    places: dict[str | None, int] = {}
    codes = [places.setdefault(cell, len(places)) for cell in cells]
    return Encoded(tuple(places), np.array(codes, np.int32))


@dataclass(frozen=True)
class Reason:
    """Why something was read as it was; `key` names a text of `present/words.csv`."""

    key: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """One column: a question, a row of a grid, or an option of a multiple response set.

    `heading` is how the codebook names it. A cell is text as it stands, "" for an empty one and
    None where the file says that the question was not shown. `question` and `option` are texts that
    the respondent read, as far as the file has them; `labels` the file's own code → label, and
    `missing` what the file declares as missing, by cell text. With `positions` a cell is the place
    of the answer in its scale, counted from 1, and neither label nor code.
    """

    heading: str
    cells: Cells
    question: str = ""
    option: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, Status] = field(default_factory=dict)
    positions: bool = False


@dataclass(frozen=True)
class ColumnSet:
    """Columns that the file itself declares as one multiple response set.

    `counted` is the cell that means a tick; None where each column holds one of the chosen answers.
    """

    name: str
    label: str
    headings: tuple[str, ...]
    counted: str | None


@dataclass(frozen=True)
class Export:
    """One row a respondent. `rows` holds each respondent's row number in the file.

    `format` is the name by which `study.yaml` can ask for the reader; `how` says why the file was
    read so.
    """

    file: str
    format: str
    columns: tuple[Column, ...]
    rows: Sequence[int]
    how: tuple[Reason, ...] = ()
    sets: tuple[ColumnSet, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """The cells of a text file or a spreadsheet, before anybody says which rows are headings.

    `path` is where the file is, for a layout that has a second file beside it.
    """

    file: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    how: Reason
    path: Path | None = None
