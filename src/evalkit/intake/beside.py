"""What stands in a column beside what it is read for: a scale's answers, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping

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
