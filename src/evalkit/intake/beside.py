"""What stands beside numbers and answers in words: the answers of a scale that are no opinions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from evalkit.codebook import Scale, normal
from evalkit.intake.export import Column
from evalkit.intake.responses import NOT_ASKED, Level, levels_of


def levels_beside(scale: Scale, column: Column) -> tuple[Level, ...]:
    """The answers of the scale, no answer, and what the file declares as missing or not shown."""
    known = levels_of(scale)
    extra = [Level(None, status) for status in column.missing.values()]
    if None in column.cells:
        extra.append(NOT_ASKED)
    return (*known, *(each for each in dict.fromkeys(extra) if each not in known))


def distinct(cells: Sequence[str | None]) -> tuple[list[str | None], NDArray[np.int32]]:
    """The texts of a column's cells, each once, and for each cell which of them it is."""
    places = {cell: at for at, cell in enumerate(dict.fromkeys(cells))}
    return list(places), np.fromiter(map(places.__getitem__, cells), np.int32, len(cells))


def answers_by_text(scale: Scale) -> Mapping[str, Level]:
    """Text of an answer → its level: labels in either language, then codes."""
    found: dict[str, Level] = {}
    for texts in (
        [answer.label.sv for answer in scale.answers],
        [answer.label.en for answer in scale.answers],
        ["" if answer.value is None else str(answer.value) for answer in scale.answers],
    ):
        for answer, text in zip(scale.answers, texts, strict=True):
            if text:
                found.setdefault(normal(text), Level(answer.value, answer.status))
    return found
