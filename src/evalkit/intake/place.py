"""An export and a codebook → responses: the answer of each cell on its item's scale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evalkit.codebook import Codebook, Item, Scale, normal, tidy
from evalkit.errors import Problem, nearest
from evalkit.intake.export import Column, Export
from evalkit.intake.read import read
from evalkit.intake.responses import (
    NO_ANSWER,
    NOT_ASKED,
    SET_LEVELS,
    Level,
    Responses,
    levels_of,
    option_levels,
)


@dataclass(frozen=True)
class Reading:
    """What came in: the responses, the export they are from, what was left out and what is wrong.

    `left_out` holds the headings that the codebook does not name.
    """

    responses: Responses
    export: Export
    left_out: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_export(
    path: Path, file: str, codebook: Codebook, encoding: str | None = None, form: str = ""
) -> Reading:
    """Read an export file and place its cells; raises `EvalkitError` when it cannot be read."""
    return place(read(path, file, form, encoding), codebook)


def place(export: Export, codebook: Codebook) -> Reading:
    """Find each cell's answer on its item's scale.

    An empty cell is "no answer", one that was not shown "not asked". A cell that is no answer of
    its scale is a problem; so is a column that is missing or stands there twice.
    """
    export = _named_as_in(codebook, export)
    headings = [each.heading for each in export.columns]
    columns = {item.column: item for item in codebook.items.values() if item.column}
    left_out = tuple(each for each in headings if each not in columns)
    problems = [
        *_column_problems(export.file, headings, columns, left_out),
        *_repeated_ids(export, columns),
    ]
    codes: dict[str, NDArray[np.int16]] = {}
    levels: dict[str, tuple[Level, ...]] = {}
    for column in export.columns:
        item = columns.get(column.heading)
        if item is None or item.kind == "id" or headings.count(column.heading) > 1:
            continue
        scale = codebook.scale(item)
        levels[item.name] = placed_levels(scale, column)
        codes[item.name] = _place(export, column, scale, problems)
    for head in codebook.items.values():
        if head.kind == "multiple":
            _place_set(head, codebook, codes, levels)
    responses = Responses(len(export.rows), codes, levels)
    return Reading(responses, export, left_out, tuple(problems))


def _named_as_in(codebook: Codebook, export: Export) -> Export:
    """The export with its headings as the codebook writes them, where only space differs."""
    columns = {tidy(item.column): item.column for item in codebook.items.values() if item.column}
    named = (
        replace(each, heading=columns.get(tidy(each.heading), each.heading))
        for each in export.columns
    )
    return replace(export, columns=tuple(named))


def _column_problems(
    file: str,
    headings: Sequence[str],
    columns: Mapping[str, Item],
    left_out: tuple[str, ...],
) -> Iterator[Problem]:
    for heading, item in columns.items():
        times = headings.count(heading)
        if times == 0:
            fix = f"It is item {item.name}. {nearest(heading, left_out)}"
            yield Problem(file, 1, heading, "The column is missing.", fix)
        elif times > 1:
            message = f"The column stands there {times} times."
            yield Problem(file, 1, heading, message, "Rename or remove one of them.")
    for heading in left_out:
        message = "The codebook does not name this column; it is left out."
        fix = "Add it to codebook.csv if it shall be counted."
        yield Problem(file, 1, heading, message, fix, "warning")


def _repeated_ids(export: Export, columns: Mapping[str, Item]) -> Iterator[Problem]:
    for column in export.columns:
        item = columns.get(column.heading)
        if item is None or item.kind != "id":
            continue
        times = Counter(column.cells)
        for number, cell in zip(export.rows, column.cells, strict=True):
            if cell and times[cell] > 1:
                message = f'The identifier "{cell}" stands there {times[cell]} times.'
                yield Problem(export.file, number, column.heading, message, severity="warning")


def placed_levels(scale: Scale, column: Column) -> tuple[Level, ...]:
    """The levels of a scale's item, and what its column has beside them."""
    found = levels_of(scale)
    extra = [Level(None, status) for status in column.missing.values()]
    if None in column.cells:
        extra.append(NOT_ASKED)
    return (*found, *(each for each in dict.fromkeys(extra) if each not in found))


def _place(
    export: Export, column: Column, scale: Scale, problems: list[Problem]
) -> NDArray[np.int16]:
    """The code of each cell; a cell that is no answer becomes a problem (and no answer)."""
    lookup = _lookup(scale)
    levels = placed_levels(scale, column)
    nothing = levels.index(NO_ANSWER)
    placed = np.full(len(export.rows), nothing, dtype=np.int16)
    known: dict[str | None, int | None] = (
        {None: levels.index(NOT_ASKED)} if NOT_ASKED in levels else {}
    )
    known |= {cell: levels.index(Level(None, status)) for cell, status in column.missing.items()}
    for at, (number, cell) in enumerate(zip(export.rows, column.cells, strict=True)):
        if cell not in known:
            found = None
            for text in (cell, column.labels.get(cell or "", "")):
                if found is None and normal(text or ""):
                    found = lookup.get(normal(text or ""))
            known[cell] = found if normal(cell or "") else nothing
        code = known[cell]
        if code is None:
            labels = [answer.label.sv for answer in scale.answers]
            message = f'"{_short(cell or "")}" is not an answer of the scale "{scale.name}".'
            fix = nearest(cell or "", labels)
            problems.append(Problem(export.file, number, column.heading, message, fix))
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
