"""A study's figures against figures already published, cell by cell, as printed.

Files: `published_tables.csv` (published_table, item, code, category, status, n, percent_published)
and `published_items.csv` (published_table, item, antal_svar_published, inget_svar_published,
medel_published). A figure of ours is rounded half up to as many decimals as the printed one has.
Where no per cents were printed, their column is empty from top to bottom and is not compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evalkit.analysis.frequency import Frequency, Row
from evalkit.delimited import TextTable, read_table
from evalkit.errors import EvalkitError, Problem
from evalkit.rounding import half_up

Printed = Mapping[str, str]
"""A row as printed: column → text."""

_CELL_COLUMNS = ("published_table", "item", "code", "category", "status", "n", "percent_published")
_ITEM_COLUMNS = (
    "published_table",
    "item",
    "antal_svar_published",
    "inget_svar_published",
    "medel_published",
)
_OPTIONAL = frozenset({"percent_published"})
_NUMBER = re.compile(r"^[−-]?\d+(?:[.,](\d+))?$")


@dataclass(frozen=True)
class Difference:
    """One figure that is printed otherwise than it is worked out.

    `column` is empty where a whole row has no counterpart: `ours` or `printed` is then empty.
    """

    file: str
    row: int | None
    item: str
    answer: str
    column: str
    printed: str
    ours: str

    def __str__(self) -> str:
        where = self.file if self.row is None else f"{self.file}, row {self.row}"
        what = f"{self.item} {self.answer}".strip()
        if not self.column and not self.ours:
            return f"{where}: {what}: the row matches nothing in the study ({self.printed})."
        if not self.column:
            return f"{where}: {what}: the file has no such row, the study has {self.ours}."
        printed, ours = self.printed or "empty", self.ours or "none"
        return f"{where}: {what}: {self.column} is printed {printed}, the study has {ours}."


@dataclass(frozen=True)
class Reconciliation:
    """What was compared, and what differs."""

    cells: int
    items: int
    figures: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class _Ours:
    """A row of ours: texts to match on, and figures still to be rounded as the printed ones are."""

    texts: Printed
    figures: Mapping[str, float | None]
    expected: bool = True
    """Whether a file that lacks this row differs; an answer that nobody gave may be left out."""


def reconcile(
    frequencies: Iterable[Frequency], tables: TextTable, items: TextTable | None = None
) -> Reconciliation:
    """Compare every row of the published files with `frequencies`.

    Items that the published files do not mention are not compared; of those that they mention,
    a row of ours that they lack is a difference, unless nobody gave that answer.
    """
    ours = list(frequencies)
    cells, cell_figures, differences = _compare(
        tables, _CELL_COLUMNS, [_cell(each, row) for each in ours for row in each.rows]
    )
    item_rows = item_figures = 0
    if items is not None:
        item_rows, item_figures, more = _compare(
            items, _ITEM_COLUMNS, [_item(each) for each in ours]
        )
        differences += more
    return Reconciliation(cells, item_rows, cell_figures + item_figures, tuple(differences))


def read_published_tables(path: Path, file: str) -> TextTable:
    """Read a file in the form of `published_tables.csv`; `EvalkitError` if it has another form."""
    return _printed_numbers(
        read_table(path, file, _CELL_COLUMNS), ("n", "percent_published"), required="n"
    )


def read_published_items(path: Path, file: str) -> TextTable:
    """Read a file in the form of `published_items.csv`; `EvalkitError` if it has another form."""
    return _printed_numbers(read_table(path, file, _ITEM_COLUMNS), _ITEM_COLUMNS[2:])


def _printed_numbers(table: TextTable, columns: Sequence[str], required: str = "") -> TextTable:
    problems = [
        Problem(
            table.file, number, column, f'"{row[column]}" is not a number.', "Write 44 or 2,63."
        )
        for number, row in table.records()
        for column in columns
        if (row[column] or column == required) and not _NUMBER.match(row[column])
    ]
    if problems:
        raise EvalkitError(problems)
    return table


def _cell(table: Frequency, row: Row) -> _Ours:
    texts = {
        "published_table": table.number,
        "item": table.item.name,
        "code": "" if row.value is None else str(row.value),
        "category": row.label.sv,
        "status": row.status,
    }
    return _Ours(texts, {"n": row.n, "percent_published": row.percent}, expected=row.n > 0)


def _item(table: Frequency) -> _Ours:
    texts = {"published_table": table.number, "item": table.item.name}
    figures: dict[str, float | None] = {
        "antal_svar_published": table.base,
        "inget_svar_published": table.no_answer if table.answered_known else None,
        "medel_published": table.mean,
    }
    return _Ours(texts, figures)


def _compare(
    printed: TextTable, columns: Sequence[str], ours: Sequence[_Ours]
) -> tuple[int, int, list[Difference]]:
    """Pair rows in which all is equal, then all but one column, then those with equal texts.

    So a misprint in any one column, be it a figure or a name, is one difference.
    """
    rows: list[tuple[int, Printed]] = list(printed.records())
    columns = [each for each in columns if each not in _OPTIONAL or any(r[each] for _, r in rows)]
    waiting, unpaired = list(ours), rows
    differences: list[tuple[int, list[Difference]]] = []
    for fits in (
        lambda each, row: _agreement(each, row, columns) == len(columns),
        lambda each, row: _agreement(each, row, columns) == len(columns) - 1,
        _texts_equal,
    ):
        pairs, unpaired = _pair(unpaired, waiting, fits)
        for number, row, same in pairs:
            differences.append((number, _differences(printed.file, number, row, same, columns)))
    differences += [(number, [_whole_row(printed.file, number, row)]) for number, row in unpaired]
    figures = sum(
        1 for _, row in rows for each in columns if _is_figure(each) and _NUMBER.match(row[each])
    )
    mentioned = {row["item"] for _, row in rows}
    lacking = [
        _lacking(printed.file, each)
        for each in waiting
        if each.expected and (each.texts["item"] in mentioned or "category" not in each.texts)
    ]
    found = [
        each for _, several in sorted(differences, key=lambda pair: pair[0]) for each in several
    ]
    return len(rows), figures, found + lacking


def _pair(
    rows: Sequence[tuple[int, Printed]],
    waiting: list[_Ours],
    fits: Callable[[_Ours, Printed], bool],
) -> tuple[list[tuple[int, Printed, _Ours]], list[tuple[int, Printed]]]:
    """Each row with the first of ours that fits and is still waiting; and the rows left over."""
    pairs, unpaired = [], []
    for number, row in rows:
        same = next((each for each in waiting if fits(each, row)), None)
        if same is None:
            unpaired.append((number, row))
        else:
            waiting.remove(same)
            pairs.append((number, row, same))
    return pairs, unpaired


def _is_figure(column: str) -> bool:
    return column == "n" or column.endswith("_published")


def _texts_equal(ours: _Ours, row: Printed) -> bool:
    return all(row[column] == text for column, text in ours.texts.items())


def _agreement(ours: _Ours, row: Printed, columns: Sequence[str]) -> int:
    return sum(_our_text(ours, column, row[column]) == _plain(row[column]) for column in columns)


def _our_text(ours: _Ours, column: str, printed: str) -> str:
    """Our text or figure, the latter with as many decimals as the printed one, if that is any."""
    if column in ours.texts:
        return ours.texts[column]
    value = ours.figures[column]
    if value is None:
        return ""
    number = _NUMBER.match(printed)
    usual = 2 if column == "medel_published" else 0
    decimals = len(number.group(1) or "") if number else usual
    return str(half_up(value, decimals))


def _plain(printed: str) -> str:
    number = _NUMBER.match(printed)
    return printed.replace(",", ".").replace("−", "-") if number else printed


def _differences(
    file: str, number: int, row: Printed, ours: _Ours, columns: Sequence[str]
) -> list[Difference]:
    answer = row.get("category", "")
    return [
        Difference(file, number, row["item"], answer, column, row[column], mine)
        for column in columns
        if (mine := _our_text(ours, column, row[column])) != _plain(row[column])
    ]


def _whole_row(file: str, number: int, row: Printed) -> Difference:
    printed = ", ".join(text for text in row.values() if text)
    return Difference(file, number, row["item"], row.get("category", ""), "", printed, "")


def _lacking(file: str, ours: _Ours) -> Difference:
    figures = ", ".join(f"{k} {v:g}" for k, v in ours.figures.items() if v is not None)
    answer = ours.texts.get("category", "")
    return Difference(file, None, ours.texts["item"], answer, "", "", figures)
