"""The cells of a numeric item → its numbers, and which of its answers are none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Context, Decimal

import numpy as np
from numpy.typing import NDArray

from evalkit.codebook import Item, Scale, normal
from evalkit.errors import Problem
from evalkit.intake.beside import answers_by_text, levels_beside
from evalkit.intake.export import Column, Export, encoded
from evalkit.intake.personal import unsaid
from evalkit.intake.responses import NO_ANSWER, NOT_ASKED, Level, Number
from evalkit.intake.unplaced import how_to_declare

_SPACE = "[ \u00a0\u2009\u202f]"
_NUMBER = re.compile(
    rf"(?P<sign>[+\-\u2212]?)(?P<whole>[0-9]+|[0-9]{{1,3}}(?:{_SPACE}[0-9]{{3}})+)"
    r"(?:[.,](?P<decimals>[0-9]+))?(?:[eE](?P<power>[+-]?[0-9]{1,3}))?"
)
_DIGITS = Context(prec=15)
"""As many digits as a spreadsheet shows; they survive binary floating point unchanged."""
_LARGEST = Decimal(10) ** 15
_SMALLEST = Decimal(10) ** -12
_PERHAPS_THOUSANDS = re.compile(r"[+\-\u2212]?[1-9][0-9]{0,2}[.,][0-9]{3}")


def read_number(text: str) -> Number | None:
    """The number that a cell holds, an int where it is whole; None where the cell is no number.

    The decimal sign is a comma or a point; thousands are set apart by a space of any width or not
    at all; minus is - or −. What has more than 15 digits before the decimal sign is no number, and
    what has more than 15 in all is rounded to these.
    """
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    part = match.groupdict(default="")
    minus = "-" if part["sign"] in ("-", "\u2212") else ""
    digits = re.sub(_SPACE, "", part["whole"])
    value = Decimal(f"{minus}{digits}.{part['decimals'] or 0}e{part['power'] or 0}")
    value = _DIGITS.plus(value)
    if abs(value) >= _LARGEST or 0 < abs(value) < _SMALLEST:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def place_numbers(
    export: Export, column: Column, item: Item, scale: Scale
) -> tuple[NDArray[np.int32], tuple[Level, ...], list[Problem]]:
    """Codes of shape (rows,), what they stand for, and every cell that is no answer.

    The levels are the distinct numbers, ascending, and then what is no number: the scale's answers
    (Vet ej, 999 = invalid), no answer, and what the file has beside them.
    """
    reader = _Reader(column, scale)
    cells = encoded(column.cells)
    known = {cell: NOT_ASKED if cell is None else reader.level(cell) for cell in cells.texts}
    numbers = {each for each in known.values() if each is not None and each.status == "valid"}
    levels = (*sorted(numbers), *levels_beside(scale, column))
    places = {level: place for place, level in enumerate(levels)}
    codes = np.array([places[known[cell] or NO_ANSWER] for cell in cells.texts], np.int32)
    codes = np.take(codes, cells.codes)
    unknown = {cell for cell, level in known.items() if level is None}
    problems = [
        _problem(export.file, row, column, item, cell or "")
        for row, cell in (zip(export.rows, column.cells, strict=True) if unknown else ())
        if cell in unknown
    ]
    return codes, levels, [*problems, *_perhaps_thousands(export, column, known)]


class _Reader:
    """What a cell of one column is."""

    def __init__(self, column: Column, scale: Scale) -> None:
        self._column = column
        self._by_text = answers_by_text(scale)
        self._by_code = {
            each.value: Level(each.value, each.status)
            for each in scale.answers
            if each.value is not None
        }

    def level(self, cell: str) -> Level | None:
        """What the scale says of the cell, else what the file says, else its number."""
        for text in (self._column.labels.get(cell, ""), cell):
            if normal(text) in self._by_text:
                return self._by_text[normal(text)]
        value = read_number(cell)
        if value in self._by_code:
            return self._by_code[int(value or 0)]
        if cell in self._column.missing:
            return Level(None, self._column.missing[cell])
        if value is None:
            return None if normal(cell) else NO_ANSWER
        return Level(value, "valid")


def _problem(file: str, row: int, column: Column, item: Item, cell: str) -> Problem:
    message = f'"{unsaid(cell)}" is not a number.'
    if not re.search(r"[0-9]", cell):
        fix = f"If it is an answer such as Vet ej, give {item.name} a scale with it."
    elif re.search(r"[^\W\d_]|[%$€£]", cell):
        fix = "A number stands alone, without unit or text."
    elif re.search(r"[.,][0-9 ]*[.,]", cell):
        fix = "Only the decimals have a comma or a point before them, as 1234,5."
    else:
        fix = "A number is written 1234,5 or 1 234.5, with at most 15 digits."
    fix = f"{fix} The file itself stays as it is: {how_to_declare(item, cell)}"
    return Problem(file, row, column.heading, message, fix)


def _perhaps_thousands(
    export: Export, column: Column, known: Mapping[str | None, Level | None]
) -> Iterator[Problem]:
    """A warning where every number with a decimal sign has three decimals, as thousands have."""
    parted = {cell for cell in known if cell and known[cell] and re.search("[.,]", cell)}
    if parted and all(_PERHAPS_THOUSANDS.fullmatch(cell.strip()) for cell in parted):
        row = next(
            row for row, cell in zip(export.rows, column.cells, strict=True) if cell in parted
        )
        message = "What stands after the comma or point is read as decimals, and may be thousands."
        fix = "If it is, write the numbers without the sign."
        yield Problem(export.file, row, column.heading, message, fix, "warning")
