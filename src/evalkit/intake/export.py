"""An export in a neutral form: what every reader gives, whatever tool the file comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evalkit.codebook import Status


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
    cells: tuple[str | None, ...]
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
    rows: tuple[int, ...]
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
