"""Responses: one small integer for each respondent and item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evalkit.codebook import Scale, Status


class Level(NamedTuple):
    """What one code stands for: an answer's value and status."""

    value: int | None
    status: Status


@dataclass(frozen=True)
class Responses:
    """Answers of `n` respondents.

    `codes[item]` has shape (n,) and holds indices into `levels[item]`; every item has the same
    respondents in the same order.
    """

    n: int
    codes: Mapping[str, NDArray[np.int16]]
    levels: Mapping[str, tuple[Level, ...]]


def levels_of(scale: Scale) -> tuple[Level, ...]:
    """The levels of an item on `scale`: its answers in order, then no answer."""
    answers = tuple(Level(answer.value, answer.status) for answer in scale.answers)
    no_answer = Level(None, "no_answer")
    return answers if no_answer in answers else (*answers, no_answer)


SET_LEVELS = (Level(1, "valid"), Level(None, "no_answer"))
"""A multiple response set as a whole: answered (whatever was ticked), or not."""
