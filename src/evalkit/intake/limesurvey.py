"""LimeSurvey's CSV: headings as codes, as texts (full or abbreviated), or as codes and texts.

Where the headings have codes, a column is called by its code (`Q3[SQ001]`), whatever text stands
beside it. A survey's structure (`.lss`) of the same name beside the export gives what the file
lacks: texts, labels of answer codes, and which questions had several answers. Only with it is an
empty tick ("No", or "N" where that was asked for) told from a question that was not shown ("N/A",
or an empty cell).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from evalkit.codebook import normal, tidy
from evalkit.intake.export import Column, Export, Reason, Sheet
from evalkit.intake.headings import bracketed, heading_rows, with_unique_headings
from evalkit.intake.lss import Structure, read_beside

_SYSTEM = ("submitdate", "lastpage", "startlanguage", "seed")
_WITH_TEXT = re.compile(r"(submitdate|lastpage|startlanguage|seed)(_*\W[\W_]*)(?=\w)")
_PART = re.compile(r"[A-Za-z][A-Za-z0-9_]*\[[A-Za-z0-9_]+\](_*\W[\W_]*)\w.*\[.*\]")
"""The heading of a row or option: code[code], what stands between, text [text]."""
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\[[^\[\]]*\])*")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(?::[0-9]{2})?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z-]+)?")
_NOT_SHOWN = "{question_not_shown}"
_OTHER = "-oth-"
_WORDS = {
    "sv": {"Y": "Ja", "N": "Nej", "U": "Osäker", _OTHER: "Annat"},
    "en": {"Y": "Yes", "N": "No", "U": "Uncertain", _OTHER: "Other"},
}
_TICKED = {"y", "ja", "yes"}
_UNTICKED = {"n", "nej", "no"}
_MULTIPLE = {"M", "P"}


class _Name(NamedTuple):
    """A column's code ("" where the file has none) and the text beside it."""

    code: str
    text: str

    @property
    def heading(self) -> str:
        return self.code or self.text


def recognise(sheet: Sheet) -> Reason | None:
    """By the system columns, named in the heading or told by their cells."""
    if not sheet.rows:
        return None
    headings = [tidy(cell) for cell in sheet.rows[0][1]]
    if sum(each in _SYSTEM for each in headings) > 1:
        return Reason("how_limesurvey_code")
    if _separator(headings):
        return Reason("how_limesurvey_codetext")
    return Reason("how_limesurvey_text") if _has_system_cells(sheet) else None


def _separator(headings: Sequence[str]) -> str:
    """What stands between code and text in the system columns; "" where there are not two."""
    found = [match[2] for match in map(_WITH_TEXT.match, headings) if match]
    if not found:  # an export of chosen columns, without the system's own
        parts = [match[1] for match in map(_PART.fullmatch, headings) if match]
        shortest = min(parts, key=len, default="")
        return shortest if len(parts) > 1 and all(p.startswith(shortest) for p in parts) else ""
    return found[0] if len(found) > 1 and len(set(found)) == 1 else ""


def _has_system_cells(sheet: Sheet) -> bool:
    """Whether the first columns hold a number, the time sent in, a page, and a language."""
    rows = [cells for _, cells in sheet.rows[1:] if any(cells)]
    times = any(len(cells) > 1 and _TIME.fullmatch(cells[1]) for cells in rows)
    return times and all(
        len(cells) > 4
        and cells[0].isdecimal()
        and (not cells[1] or _TIME.fullmatch(cells[1]) is not None)
        and (not cells[2] or cells[2].isdecimal())
        and _LANGUAGE.fullmatch(cells[3]) is not None
        for cells in rows
    )


def read(sheet: Sheet) -> Export:
    """Read one heading row, and the structure beside the file if there is one."""
    (headings,) = heading_rows(sheet, 1)
    names = tuple(_names(headings))
    export = with_unique_headings(sheet, "limesurvey", [each.heading for each in names], 1)
    structure = read_beside(sheet)
    language = _language(export, structure)
    columns = tuple(
        _column(column, name, structure, _WORDS[language])
        for column, name in zip(export.columns, names, strict=False)
    )
    how = () if structure is None else (Reason("how_limesurvey_lss", {"file": structure.file}),)
    return replace(export, columns=columns, how=how)


def _names(headings: Sequence[str]) -> Iterator[_Name]:
    separator = _separator(headings)
    codes = bool(separator) or sum(each in _SYSTEM for each in headings) > 1
    for heading in headings:
        code, _, text = heading.partition(separator) if separator else (heading, "", "")
        yield _Name(code, text) if codes and _CODE.fullmatch(code) else _Name("", heading)


def _language(export: Export, structure: Structure | None) -> str:
    """The language of the first respondent, in the fourth column where headings are texts."""
    named = [each for each in export.columns if each.heading == "startlanguage"]
    cells = (
        cell
        for column in named or export.columns[3:4]
        for cell in column.cells
        if cell and _LANGUAGE.fullmatch(cell)
    )
    first = next(cells, structure.language if structure else "")
    return "sv" if first.startswith("sv") else "en"


def _column(
    column: Column, name: _Name, structure: Structure | None, words: Mapping[str, str]
) -> Column:
    """A column with its texts, labels and kinds of missing."""
    question, option = bracketed(name.text) if name.text else ("", _parts(name.code)[1])
    cells = tuple(None if cell == _NOT_SHOWN else _unmasked(cell) for cell in column.cells)
    column = replace(column, cells=cells, question=question or name.code, option=option)
    known = structure.find(name.code) if structure and name.code else None
    if known is None:
        return replace(column, labels=_labels(cells, words))
    asked, part = known
    column = replace(
        column,
        question=asked.text or column.question,
        option=asked.parts.get(part, words[_OTHER] if part == "other" else option),
        labels={**_labels(cells, words), **asked.labels},
    )
    ticks = asked.kind in _MULTIPLE and not part.endswith(("comment", "other"))
    return _ticked(column) if ticks else column


def _unmasked(cell: str | None) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return (cell or "")[1:] if (cell or "").startswith("'=") else (cell or "")


def _parts(code: str) -> tuple[str, str]:
    base, bracket, rest = code.partition("[")
    return base, rest.removesuffix("]").replace("][", ", ") if bracket else ""


def _labels(cells: Sequence[str | None], words: Mapping[str, str]) -> dict[str, str]:
    """What LimeSurvey's own codes mean, in a column that has no others."""
    found = {cell for cell in cells if cell}
    own = {cell for cell in found if cell in words}
    return {cell: words[cell] for cell in own if found <= {"Y", "N", "U"} or cell == _OTHER}


def _ticked(column: Column) -> Column:
    """An option of a question with several answers, of which the file may say if it was shown.

    With answers as texts a cell is "Yes", "No" or, for what was not shown, "N/A" in the survey's
    language. With answers as codes an empty cell may be either, unless "N" was asked for.
    """
    if not {normal(cell or "") for cell in column.cells} & _UNTICKED:
        return column
    cells = tuple(cell or None for cell in column.cells)
    others = {cell for cell in cells if cell and normal(cell) not in _TICKED | _UNTICKED}
    return replace(column, cells=cells, missing=dict.fromkeys(sorted(others), "not_asked"))
