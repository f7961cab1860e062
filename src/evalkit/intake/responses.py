"""Responses: one small integer for each respondent and item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evalkit.codebook import Scale, Status

Number = int | float
"""A code, or what a numeric item was answered with: an int where it is whole."""

Codes = NDArray[np.integer[Any]]
"""An item's answers: 16 bits are enough for a scale, 32 for numbers."""


class Level(NamedTuple):
    """What one code stands for: an answer's value and status."""

    value: Number | None
    status: Status


def level_key(level: Level) -> str:
    """A level as text: its value (4, 2.5), or its status where it has none."""
    return level.status if level.value is None else str(level.value)


@dataclass(frozen=True)
class Responses:
    """Answers of `n` respondents.

    `codes[item]` has shape (n,) and holds indices into `levels[item]`; every item has the same
    respondents in the same order. The levels of a scale's item are those of the scale; of a numeric
    one the numbers that were given, ascending, and then what is no number.
    """

    n: int
    codes: Mapping[str, Codes]
    levels: Mapping[str, tuple[Level, ...]]


def levels_of(scale: Scale) -> tuple[Level, ...]:
    """The levels of an item on `scale`: its answers in order, then no answer."""
    answers = tuple(Level(answer.value, answer.status) for answer in scale.answers)
    return answers if NO_ANSWER in answers else (*answers, NO_ANSWER)


def option_levels(scale: Scale) -> tuple[Level, ...]:
    """The levels of an option of a multiple response set, where "not selected" is always one."""
    found = levels_of(scale)
    return found if any(level.value == 0 for level in found) else (*found, Level(0, "valid"))


NO_ANSWER = Level(None, "no_answer")
NOT_ASKED = Level(None, "not_asked")
WRITTEN = Level(1, "valid")
"""An open item answered in words."""
UNRANKED = Level(0, "valid")
WHY_NOT = (
    Level(None, "dont_know"),
    Level(None, "not_applicable"),
    Level(None, "refused"),
    Level(None, "invalid"),
    NO_ANSWER,
    NOT_ASKED,
)
"""Why there is no answer to a question of several parts; where these differ, the first counts."""
SET_LEVELS = (Level(1, "valid"), Level(0, "valid"), *WHY_NOT)
"""A multiple response set as a whole: ticked any option, answered without ticking any, or why not.

A respondent whose options differ is at the first level that any of them has.
"""
RANKING_LEVELS = (*(Level(kind, "valid") for kind in (1, 2, 3, 4)), *WHY_NOT)
"""A ranking as a whole: 1 ranked without ties or gaps, 2 with ties, 3 with gaps, 4 with both."""


def ranked_levels(options: int) -> tuple[Level, ...]:
    """The levels of one of so many ranked options: its ranks, not ranked though others were."""
    ranks = (Level(rank, "valid") for rank in range(1, options + 1))
    return (*ranks, UNRANKED, *WHY_NOT)
