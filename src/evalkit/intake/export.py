"""A survey tool's export with one row a respondent → responses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evalkit.codebook import Codebook, Item, Scale, normal, tidy
from evalkit.delimited import SEPARATORS, TextTable, read_delimited
from evalkit.errors import EvalkitError, Problem, nearest
from evalkit.intake.responses import (
    NO_ANSWER,
    SET_LEVELS,
    Level,
    Responses,
    levels_of,
    option_levels,
)


@dataclass(frozen=True)
class Reading:
    """What came in: the responses, how the file was read, what was left out and what is wrong.

    `columns` is how many the file has; `left_out` holds the headings that the codebook does not
    name.
    """

    responses: Responses
    encoding: str
    separator: str
    columns: int
    left_out: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_export(path: Path, file: str, codebook: Codebook, encoding: str | None = None) -> Reading:
    """Read an export with one row a respondent and answers as label text or codes.

    An empty cell is "no answer". A cell that is no answer of its scale is a problem; so is a column
    that is missing or stands there twice. Raises `EvalkitError` when the file cannot be read.
    """
    table = _named_as_in(codebook, read_delimited(path, file, encoding))
    if not table.rows:
        problem = Problem(file, None, None, "The file has a heading and no respondent.")
        raise EvalkitError(problem)
    columns = {item.column: item for item in codebook.items.values() if item.column}
    left_out = tuple(each for each in table.header if each not in columns)
    problems = [*_column_problems(table, columns, left_out), *_repeated_ids(table, columns)]
    usable = [item for item in columns.values() if table.header.count(item.column) == 1]
    codes: dict[str, NDArray[np.int16]] = {}
    levels: dict[str, tuple[Level, ...]] = {}
    for item in usable:
        if item.kind != "id":
            scale = codebook.scale(item)
            levels[item.name] = levels_of(scale)
            codes[item.name] = _place(table, item, scale, problems)
    for head in codebook.items.values():
        if head.kind == "multiple":
            _place_set(head, codebook, codes, levels)
    responses = Responses(len(table.rows), codes, levels)
    return Reading(
        responses,
        table.encoding,
        SEPARATORS[table.separator],
        len(table.header),
        left_out,
        tuple(problems),
    )


def _named_as_in(codebook: Codebook, table: TextTable) -> TextTable:
    """The table with its headings as the codebook writes them, where only space differs."""
    columns = {tidy(item.column): item.column for item in codebook.items.values() if item.column}
    header = tuple(columns.get(tidy(each), each) for each in table.header)
    return replace(table, header=header)


def _column_problems(
    table: TextTable, columns: Mapping[str, Item], left_out: tuple[str, ...]
) -> Iterator[Problem]:
    for heading, item in columns.items():
        times = table.header.count(heading)
        if times == 0:
            fix = f"It is item {item.name}. {nearest(heading, left_out)}"
            yield Problem(table.file, 1, heading, "The column is missing.", fix)
        elif times > 1:
            message = f"The column stands there {times} times."
            yield Problem(table.file, 1, heading, message, "Rename or remove one of them.")
    for heading in left_out:
        message = "The codebook does not name this column; it is left out."
        fix = "Add it to codebook.csv if it shall be counted."
        yield Problem(table.file, 1, heading, message, fix, "warning")


def _repeated_ids(table: TextTable, columns: Mapping[str, Item]) -> Iterator[Problem]:
    for heading, item in columns.items():
        if item.kind == "id" and table.header.count(heading) == 1:
            cells = table.column(heading)
            times = Counter(cells)
            for (number, _), cell in zip(table.rows, cells, strict=True):
                if cell and times[cell] > 1:
                    message = f'The identifier "{cell}" stands there {times[cell]} times.'
                    yield Problem(table.file, number, heading, message, severity="warning")


def _place(
    table: TextTable, item: Item, scale: Scale, problems: list[Problem]
) -> NDArray[np.int16]:
    """The code of each cell; a cell that is no answer becomes a problem (and no answer)."""
    lookup = _lookup(scale)
    nothing = levels_of(scale).index(NO_ANSWER)
    placed = np.full(len(table.rows), nothing, dtype=np.int16)
    known: dict[str, int | None] = {}
    for at, ((number, _), cell) in enumerate(
        zip(table.rows, table.column(item.column), strict=True)
    ):
        if cell not in known:
            known[cell] = lookup.get(normal(cell)) if normal(cell) else nothing
        code = known[cell]
        if code is None:
            labels = [answer.label.sv for answer in scale.answers]
            message = f'"{_short(cell)}" is not an answer of the scale "{scale.name}".'
            fix = nearest(cell, labels)
            problems.append(Problem(table.file, number, item.column, message, fix))
        else:
            placed[at] = code
    return placed


def _short(cell: str, most: int = 60) -> str:
    return cell if len(cell) <= most else f"{cell[:most]}…"


def _lookup(scale: Scale) -> dict[str, int]:
    """Cell text → level: the Swedish label first, then the English one, then the code."""
    found: dict[str, int] = {}
    for texts in (
        [answer.label.sv for answer in scale.answers],
        [answer.label.en for answer in scale.answers],
        ["" if answer.value is None else str(answer.value) for answer in scale.answers],
    ):
        for level, text in enumerate(texts):
            if text:
                found.setdefault(normal(text), level)
    return found


def _place_set(
    head: Item,
    codebook: Codebook,
    codes: dict[str, NDArray[np.int16]],
    levels: dict[str, tuple[Level, ...]],
) -> None:
    """Answered or why not, for a multiple response set as a whole; what an empty option means.

    Where an option's scale has only code 1, an empty cell is a tick that was not made. It is then
    "not selected" for those who ticked something else in the set, and no answer for the others.
    """
    options = [each.name for each in codebook.parts(head) if each.name in codes]
    if not options:
        return
    whole = np.full(len(codes[options[0]]), len(SET_LEVELS) - 1, np.int16)
    for name in options:
        rank = np.array([_set_rank(level) for level in levels[name]], np.int16)
        whole = np.minimum(whole, rank[codes[name]])
    for name in options:
        if not any(level.value == 0 for level in levels[name]):
            unticked = (codes[name] == levels[name].index(NO_ANSWER)) & (whole == 0)
            levels[name] = option_levels(codebook.scale(codebook.items[name]))
            not_selected = levels[name].index(Level(0, "valid"))
            codes[name] = np.where(unticked, np.int16(not_selected), codes[name])
    codes[head.name], levels[head.name] = whole, SET_LEVELS


def _set_rank(level: Level) -> int:
    """Where an option's level stands in `SET_LEVELS`."""
    return next(at for at, each in enumerate(SET_LEVELS) if each.status == level.status)
