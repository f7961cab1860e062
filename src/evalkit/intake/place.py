"""An export and a codebook → responses: the answer of each cell on its item's scale."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from evalkit.codebook import ABOUT, RANKINGS, Codebook, Item, Scale, normal, tidy
from evalkit.errors import Problem, nearest
from evalkit.intake.beside import levels_beside
from evalkit.intake.export import Column, Export, encoded
from evalkit.intake.filters import in_order, not_asked
from evalkit.intake.joined import Options
from evalkit.intake.numbers import place_numbers
from evalkit.intake.personal import Finding, find_in, unsaid
from evalkit.intake.ranks import place_rankings, rank_columns
from evalkit.intake.responses import (
    NO_ANSWER,
    NOT_ASKED,
    SET_LEVELS,
    Codes,
    Level,
    Responses,
    levels_of,
    option_levels,
)
from evalkit.intake.unplaced import how_to_declare
from evalkit.intake.written import Written, place_words, written

_MEND = "Mend codebook.csv or scales.csv, or"


@dataclass(frozen=True)
class Reading:
    """What came in: the responses, the export they are from, what was left out and what is wrong.

    `left_out` holds the headings that the codebook does not name, `personal` the personal data in
    the columns that it does, and `written` the texts of each open item in the file's order.
    """

    responses: Responses
    export: Export
    left_out: tuple[str, ...]
    problems: tuple[Problem, ...]
    personal: tuple[Finding, ...] = ()
    written: Mapping[str, tuple[Written, ...]] = field(default_factory=dict)


def place(export: Export, codebook: Codebook) -> Reading:
    """Find each cell's answer on its item's scale.

    An empty cell is "no answer", one that was not shown "not asked". A cell that is no answer of
    its scale is a problem; so is a column that is missing or stands there twice.
    """
    export = _named_as_in(codebook, export)
    export, blank = _without_blank_rows(codebook, export)
    headings = [each.heading for each in export.columns]
    columns = rank_columns(codebook, headings)
    left_out = tuple(each for each in headings if each not in columns)
    personal = {
        each.heading: find_in(each, export.rows)
        for each in export.columns
        if each.heading in columns
    }
    problems = [
        *_column_problems(export.file, headings, columns, left_out),
        *_personal_problems(export.file, personal),
        *_repeated_ids(export, columns, personal),
        *blank,
    ]
    texts: dict[str, tuple[Written, ...]] = {}
    codes: dict[str, Codes] = {}
    levels: dict[str, tuple[Level, ...]] = {}
    for column in export.columns:
        item = columns.get(column.heading)
        if item is None or headings.count(column.heading) > 1:
            continue
        if item.kind in ABOUT or item.kind in RANKINGS or item.kind == "ranked":
            continue
        if item.kind == "multiple":
            _place_joined(export, column, item, codebook, codes, levels, problems)
            continue
        scale = codebook.scale(item)
        if item.kind == "numeric":
            codes[item.name], levels[item.name], found = place_numbers(export, column, item, scale)
            problems += found
            continue
        if item.kind == "open":
            codes[item.name], levels[item.name] = own = place_words(column, scale)
            texts[item.name] = written(export, column, *own, personal[column.heading])
            continue
        levels[item.name] = levels_beside(scale, column)
        codes[item.name] = _place(export, column, item, scale, problems)
        problems += _other_labels(export, column, item, scale)
    problems += place_rankings(export, codebook, columns, codes, levels)
    for item in in_order(codebook):
        problems += not_asked(export, codebook, item, codes, levels)
        if item.kind == "multiple":
            _place_set(item, codebook, codes, levels)
    responses = Responses(len(export.rows), codes, levels)
    told = tuple(each for findings in personal.values() for each in findings)
    return Reading(responses, export, left_out, _without_names(problems, told), told, texts)


def _named_as_in(codebook: Codebook, export: Export) -> Export:
    """The export with its headings as the codebook writes them, where only space differs.

    Its cells are encoded, so that each text is placed once.
    """
    columns = {tidy(item.column): item.column for item in codebook.items.values() if item.column}
    named = (
        replace(
            each,
            heading=columns.get(tidy(each.heading), each.heading),
            cells=encoded(each.cells),
        )
        for each in export.columns
    )
    return replace(export, columns=tuple(named))


def _without_blank_rows(codebook: Codebook, export: Export) -> tuple[Export, list[Problem]]:
    """The export without the blank rows that a spreadsheet leaves, and a warning for each.

    Where respondents have an identifier, a row without one and without any answer is nobody; where
    they have none, such a row may be a respondent who left everything empty, and stays.
    """
    ids = {item.column for item in codebook.items.values() if item.kind == "id"}
    if not ids & {column.heading for column in export.columns}:
        return export, []
    filled = np.zeros(len(export.rows), np.bool_)
    for column in export.columns:
        cells = encoded(column.cells)
        holds = np.array([bool(text and text.strip()) for text in cells.texts], np.bool_)
        filled |= holds[cells.codes]
    if filled.all():
        return export, []
    columns = tuple(
        replace(column, cells=encoded(column.cells).take(filled)) for column in export.columns
    )
    message, fix = "The row is blank and is left out.", "Delete it if it is no respondent."
    problems = [
        Problem(export.file, export.rows[at], None, message, fix, "warning")
        for at in np.flatnonzero(~filled).tolist()
    ]
    rows = tuple(export.rows[at] for at in np.flatnonzero(filled).tolist())
    return replace(export, columns=columns, rows=rows), problems


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


def _personal_problems(file: str, personal: Mapping[str, tuple[Finding, ...]]) -> Iterator[Problem]:
    """A warning for each sort of personal data in each column; what it is stays unsaid."""
    for heading, findings in personal.items():
        for each in findings:
            message = f"The column holds {each}."
            fix = (
                "It is never printed, and data/processed gets no counts of the column; is it "
                "needed in the export?"
            )
            yield Problem(file, each.rows[0], heading, message, fix, "warning")


def _without_names(problems: Sequence[Problem], personal: Sequence[Finding]) -> tuple[Problem, ...]:
    """The problems without the cells of columns that hold names of persons and the like."""
    headings = {each.column for each in personal if each.by_heading}
    message = "The cell is no answer of the item; it is not told, since the heading names persons."
    fix = "Look at the cell in the file, and at the item's kind and scale in codebook.csv."
    return tuple(
        replace(each, message=message, fix=fix)
        if each.severity == "error" and each.row != 1 and each.column in headings
        else each
        for each in problems
    )


def _repeated_ids(
    export: Export, columns: Mapping[str, Item], personal: Mapping[str, tuple[Finding, ...]]
) -> Iterator[Problem]:
    for column in export.columns:
        item = columns.get(column.heading)
        if item is None or item.kind != "id":
            continue
        cells = encoded(column.cells)
        times = np.bincount(cells.codes, minlength=len(cells.texts))
        again = (times > 1) & np.array([bool(text) for text in cells.texts], np.bool_)
        unspoken = bool(personal[column.heading])
        for at in np.flatnonzero(again[cells.codes]).tolist():
            named = "This identifier" if unspoken else f'The identifier "{cells[at]}"'
            message = f"{named} stands there {times[cells.codes[at]]} times."
            number = export.rows[at]
            yield Problem(export.file, number, column.heading, message, severity="warning")


def _place(
    export: Export, column: Column, item: Item, scale: Scale, problems: list[Problem]
) -> NDArray[np.int16]:
    """The code of each cell; a cell that is no answer becomes a problem (and no answer)."""
    lookup = _lookup(scale)
    if item.kind == "option":
        lookup |= _own_text(lookup, scale, item, column)
    elif column.positions:
        lookup = {str(at): at - 1 for at in range(1, len(scale.answers) + 1)}
    levels = levels_beside(scale, column)
    cells = encoded(column.cells)
    known = [
        levels.index(NOT_ASKED)
        if cell is None and NOT_ASKED in levels
        else _answer(cell or "", column, lookup, levels)
        for cell in cells.texts
    ]
    none = levels.index(NO_ANSWER)
    codes = np.array([none if code is None else code for code in known], np.int16)
    if None in known:
        said = partial(_no_answer, column=column, item=item, scale=scale)
        problems += _at_each(export, column, [code is None for code in known], said)
    return np.take(codes, cells.codes)


def _at_each(
    export: Export,
    column: Column,
    wrong: Sequence[bool],
    said: Callable[[str], tuple[str, str]],
) -> Iterator[Problem]:
    """A problem at each cell whose text is wrong; `said` gives message and what to do."""
    cells, cached = encoded(column.cells), cache(said)
    for at in np.flatnonzero(np.array(wrong, np.bool_)[cells.codes]).tolist():
        yield Problem(export.file, export.rows[at], column.heading, *cached(cells[at] or ""))


def _no_answer(cell: str, column: Column, item: Item, scale: Scale) -> tuple[str, str]:
    labels = [answer.label.sv for answer in scale.answers]
    message = f'"{unsaid(cell)}" is not an answer of the scale "{scale.name}".'
    fix = nearest(cell, labels)
    if column.positions and item.kind != "option":
        message = f'"{unsaid(cell)}" is no place in the scale "{scale.name}".'
        fix = f"Its answers have the places 1 to {len(labels)}."
    return message, f"{fix} {_MEND} {how_to_declare(item, cell)}"


def _own_text(
    lookup: Mapping[str, int], scale: Scale, item: Item, column: Column
) -> dict[str, int]:
    """An option's own text, which means selected where the scale does not have it otherwise."""
    selected = levels_of(scale).index(Level(1, "valid"))
    texts = (item.label.sv, item.label.en, column.option)
    return {normal(text): selected for text in texts if normal(text) and normal(text) not in lookup}


def _answer(
    cell: str, column: Column, lookup: Mapping[str, int], levels: tuple[Level, ...]
) -> int | None:
    """The level of a cell: what the scale says of its label or its text, else what the file says.

    The file's label comes before the code, since a scale may number the same answers otherwise.
    """
    for text in (column.labels.get(cell, ""), cell, _WHOLE.sub("", cell.strip())):
        if normal(text) in lookup:
            return lookup[normal(text)]
    if cell in column.missing:
        return levels.index(Level(None, column.missing[cell]))
    return None if normal(cell) else levels.index(NO_ANSWER)


def _other_labels(export: Export, column: Column, item: Item, scale: Scale) -> Iterator[Problem]:
    """A warning for each code that the codebook knows by another label than the file."""
    lookup = _lookup(scale)
    given = set(encoded(column.cells).texts)
    for code, label in column.labels.items():
        if item.kind != "option" and code in given and normal(label) not in lookup:
            known = lookup.get(normal(code))
            if known is not None:
                called = scale.answers[known].label
                message = f'The file calls {code} "{label}", the scale "{called.sv or called.en}".'
                fix = "Check that they mean the same and that the codes run the same way."
                yield Problem(export.file, None, column.heading, message, fix, "warning")


_WHOLE = re.compile(r"(?<=\d)[.,]0+$")
"""The decimals of a whole number that a spreadsheet wrote as 4,0."""


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


def _place_joined(
    export: Export,
    column: Column,
    head: Item,
    codebook: Codebook,
    codes: dict[str, Codes],
    levels: dict[str, tuple[Level, ...]],
    problems: list[Problem],
) -> None:
    """The codes of a set's options where the ticks stand joined in one column.

    A cell is matched with the options that there are and never split blindly. What is then left of
    it is a problem, and the respondent has no answer to the set. An empty cell is no answer.
    """
    parts = codebook.parts(head)
    for part in parts:
        levels[part.name] = _joined_levels(codebook.scale(part), column)
    options = Options([[part.label.sv, part.label.en] for part in parts])
    own = [levels[part.name] for part in parts]
    cells = encoded(column.cells)
    rows = [_joined_row(cell, column, options, own) for cell in cells.texts]
    placed = np.array([codes for codes, _ in rows], np.int16).reshape(-1, len(parts))
    for at, part in enumerate(parts):
        codes[part.name] = placed[:, at][cells.codes]
    rests = {cell or "": rest for cell, (_, rest) in zip(cells.texts, rows, strict=True) if rest}
    labels = [part.label.sv for part in parts]

    def said(cell: str) -> tuple[str, str]:
        rest = rests[cell]
        message = f'"{unsaid(rest)}" is not an option of {head.name}.'
        return message, f"{nearest(rest, labels)} {_MEND} {how_to_declare(head, rest)}"

    problems += _at_each(export, column, [bool(rest) for _, rest in rows], said)


def _joined_levels(scale: Scale, column: Column) -> tuple[Level, ...]:
    found = option_levels(scale)
    return (*found, *(each for each in levels_beside(scale, column) if each not in found))


def _joined_row(
    cell: str | None, column: Column, options: Options, levels: Sequence[tuple[Level, ...]]
) -> tuple[list[int], str]:
    """The code of each option in one cell, and what of the cell could not be placed."""
    if cell is None:
        return [each.index(NOT_ASKED) for each in levels], ""
    if cell in column.missing:
        return [each.index(Level(None, column.missing[cell])) for each in levels], ""
    ticked = options.find(cell)
    if ticked.rest or not ticked.options:
        return [each.index(NO_ANSWER) for each in levels], ticked.rest
    codes = [Level(int(at in ticked.options), "valid") for at in range(len(levels))]
    return [each.index(code) for each, code in zip(levels, codes, strict=True)], ""


def _place_set(
    head: Item,
    codebook: Codebook,
    codes: dict[str, Codes],
    levels: dict[str, tuple[Level, ...]],
) -> None:
    """Ticked, answered or why not, for a multiple response set; what an empty option means.

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
            unticked = (codes[name] == levels[name].index(NO_ANSWER)) & (whole <= 1)
            levels[name] = (*levels[name], Level(0, "valid"))
            not_selected = levels[name].index(Level(0, "valid"))
            codes[name] = np.where(unticked, np.int16(not_selected), codes[name])
    if head.base != "units":  # there, who answered is not told apart from who did not
        codes[head.name], levels[head.name] = whole, SET_LEVELS


def _set_rank(level: Level) -> int:
    """Where an option's level stands in `SET_LEVELS`; any other code than 1 is no tick."""
    if level.status == "valid":
        return 0 if level.value == 1 else 1
    return SET_LEVELS.index(Level(None, level.status))
