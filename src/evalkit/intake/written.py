"""The cells of an open item → who answered in words, and what they wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalkit.codebook import Scale, normal
from evalkit.intake.beside import answers_by_text, levels_beside
from evalkit.intake.export import Column, Export, encoded
from evalkit.intake.personal import Finding, Span, spans
from evalkit.intake.responses import NO_ANSWER, NOT_ASKED, WRITTEN, Level


@dataclass(frozen=True)
class Written:
    """What one respondent wrote, the number of the row, and where in it personal data stands."""

    row: int
    text: str
    personal: tuple[Span, ...] = ()


def place_words(column: Column, scale: Scale) -> tuple[NDArray[np.int32], tuple[Level, ...]]:
    """Codes of shape (rows,) and what they stand for: written, an answer of the scale, or none.

    A cell that is an answer of the scale (Vet ej, "-") as a whole is that and no text.
    """
    by_text = answers_by_text(scale)
    levels = (WRITTEN, *levels_beside(scale, column))
    cells = encoded(column.cells)
    found = [NOT_ASKED if cell is None else _level(cell, column, by_text) for cell in cells.texts]
    return np.take(np.array([levels.index(each) for each in found], np.int32), cells.codes), levels


def _level(cell: str, column: Column, by_text: Mapping[str, Level]) -> Level:
    for text in (column.labels.get(cell, ""), cell):
        if normal(text) in by_text:
            return by_text[normal(text)]
    if cell in column.missing:
        return Level(None, column.missing[cell])
    return WRITTEN if normal(cell) else NO_ANSWER


def written(
    export: Export,
    column: Column,
    codes: NDArray[np.int32],
    levels: Sequence[Level],
    findings: Sequence[Finding],
) -> tuple[Written, ...]:
    """The texts of a column in the file's order; all of each where its heading names persons."""
    code = levels.index(WRITTEN)
    whole = any(each.by_heading for each in findings)
    texts = [
        (row, _clean(cell or ""))
        for row, cell, placed in zip(export.rows, column.cells, codes, strict=True)
        if placed == code
    ]
    return tuple(
        Written(row, text, ((0, len(text)),) if whole else spans(text)) for row, text in texts
    )


_JOINERS = "\u200c\u200d"
"""Join letters and parts of an emoji, and are not seen themselves."""


def _clean(cell: str) -> str:
    """A text without signs that cannot be shown, with its line breaks."""
    shown = "".join(
        each for each in cell if each.isprintable() or each.isspace() or each in _JOINERS
    )
    lines = (line.rstrip() for line in shown.strip().splitlines())
    return "\n".join(lines) or "\ufffd"
