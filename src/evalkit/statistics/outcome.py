"""What an estimator or a test gives: figures under a method's name, or the reason for none.

No function of this floor gives NaN or infinity: the two classes below refuse them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Kind = Literal["exact", "monte_carlo", "asymptotic"]
Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

LEVEL = 0.95


class Reason(StrEnum):
    """Why there is no figure. The keys are stable; `sentence` says it in English."""

    NO_ANSWERS = "no_answers"
    ONE_ANSWER = "one_answer"
    EVERYBODY_ANSWERED = "everybody_answered"
    ALL_EQUAL = "all_equal"
    ONE_GROUP = "one_group"
    EMPTY_GROUP = "empty_group"
    NO_CHANGE = "no_change"
    EXTREME = "extreme"
    NO_TOTAL_VARIANCE = "no_total_variance"
    TOO_FEW_ITEMS = "too_few_items"
    TOO_FEW_ANSWERS = "too_few_answers"
    SEPARATION = "separation"
    COLLINEAR = "collinear"
    NOT_CONVERGED = "not_converged"
    NO_WEIGHT = "no_weight"
    EMPTY_STRATUM = "empty_stratum"
    MARGINS_DISAGREE = "margins_disagree"
    BOUNDS_TOO_NARROW = "bounds_too_narrow"
    NO_PAIRS = "no_pairs"
    ONE_UNIT = "one_unit"
    NOTHING_VARIES = "nothing_varies"
    NO_SPREAD = "no_spread"
    UNDEFINED_DRAWS = "undefined_draws"

    @property
    def sentence(self) -> str:
        """The reason in words."""
        return _SENTENCES[self]


_SENTENCES: dict[Reason, str] = {
    Reason.NO_ANSWERS: "Nobody answered.",
    Reason.ONE_ANSWER: "One answer alone says nothing about how answers vary.",
    Reason.EVERYBODY_ANSWERED: "Everybody answered, so there is nothing to infer.",
    Reason.ALL_EQUAL: "All answers are the same.",
    Reason.ONE_GROUP: "Only one group has answers.",
    Reason.EMPTY_GROUP: "A group has no answers.",
    Reason.NO_CHANGE: "Nobody changed their answer.",
    Reason.EXTREME: "The estimate is the least or the most possible: the method has no interval.",
    Reason.NO_TOTAL_VARIANCE: "The sum of the items is the same for all respondents.",
    Reason.TOO_FEW_ITEMS: "There are too few items.",
    Reason.TOO_FEW_ANSWERS: "There are too few answers for the number of figures to estimate.",
    Reason.SEPARATION: "The background variables separate the answers: no finite estimate exists.",
    Reason.COLLINEAR: "A background variable is constant or follows from the others.",
    Reason.NOT_CONVERGED: "The computation did not converge.",
    Reason.NO_WEIGHT: "All weights are 0.",
    Reason.EMPTY_STRATUM: "A group of the population has no respondents.",
    Reason.MARGINS_DISAGREE: "The known margins do not add to the same total.",
    Reason.BOUNDS_TOO_NARROW: "No weights within the bounds have the same sum.",
    Reason.NO_PAIRS: "Nothing was coded by two coders.",
    Reason.ONE_UNIT: "One unit alone says nothing about how units vary.",
    Reason.NOTHING_VARIES: "All coders chose the same throughout: the measure is not defined.",
    Reason.NO_SPREAD: "The figure does not vary with the units, so the method has no interval.",
    Reason.UNDEFINED_DRAWS: "In too many of the samples drawn the measure is not defined.",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Interval:
    """An estimate with its interval at `level`, or with the `reason` why there is no interval.

    `error` is the standard error where the method has one. An estimate may stand without an
    interval; an interval never stands without its estimate.
    """

    method: str
    level: float
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    error: float | None = None
    reason: Reason | None = None

    def __post_init__(self) -> None:
        _refuse_nan(self.estimate, self.low, self.high, self.error)
        if not 0 < self.level < 1:
            raise ValueError(f"The level is {self.level}; it lies between 0 and 1.")
        bounds = (self.estimate, self.low, self.high)
        if self.reason is None and None in bounds:
            raise ValueError(f"{self.method}: an interval without figures needs a reason.")
        if self.reason is not None and (self.low is not None or self.high is not None):
            raise ValueError(f"{self.method}: an interval with figures has no reason.")

    @property
    def width(self) -> float | None:
        """`high` − `low`, or None."""
        if self.low is None or self.high is None:
            return None
        return self.high - self.low


@dataclass(frozen=True, kw_only=True)
class SignificanceTest:
    """A test with its two-sided p, or with the `reason` why there is none.

    `kind` tells how p was had; a Monte Carlo p has its standard error in `p_error`. `statistic` is
    the one that the method is known by, `z` its standardised form where that exists, `df` the
    degrees of freedom. `corrected` says whether a continuity correction was made, `n` is the number
    of answers that the test rests on.
    """

    method: str
    n: int
    kind: Kind | None = None
    statistic: float | None = None
    z: float | None = None
    df: float | None = None
    p: float | None = None
    p_error: float | None = None
    corrected: bool = False
    reason: Reason | None = None

    def __post_init__(self) -> None:
        _refuse_nan(self.statistic, self.z, self.df, self.p, self.p_error)
        if (self.p is None) == (self.reason is None):
            raise ValueError(f"{self.method}: either p or a reason.")


def _refuse_nan(*figures: float | None) -> None:
    if any(each is not None and not math.isfinite(each) for each in figures):
        raise ArithmeticError(f"A figure is not finite: {figures}.")


def counts_table(table: ArrayLike, *, rows: int | None = None) -> Counts:
    """`table` as a two-dimensional array of counts; ValueError if it cannot be one."""
    array: NDArray[Any] = np.asarray(table)
    if array.ndim != 2 or (rows is not None and array.shape[0] != rows):
        raise ValueError(f"A table of {rows or 'some'} rows is wanted, not shape {array.shape}.")
    return whole_counts(array)


def whole_counts(counts: ArrayLike) -> Counts:
    """`counts` as integers; ValueError if one is negative or not whole."""
    array: NDArray[Any] = np.asarray(counts)
    if array.size and (not np.isfinite(array).all() or (array < 0).any()):
        raise ValueError("Counts are whole numbers from 0 up.")
    whole: Counts = array.astype(np.int64)
    if bool((whole != array).any()):
        raise ValueError("Counts are whole numbers from 0 up.")
    return whole


def without_empty(table: Counts) -> Counts:
    """`table` without rows and columns that nobody is in."""
    kept: Counts = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    return kept


def table_of_groups(groups: Sequence[ArrayLike]) -> tuple[Counts, Floats]:
    """Groups of numbers → counts of shape (groups, distinct values), and the values in order."""
    arrays = [np.asarray(each, dtype=np.float64).ravel() for each in groups]
    values = np.unique(np.concatenate(arrays)) if arrays else np.empty(0)
    if not np.isfinite(values).all():
        raise ValueError("A value is missing or not finite; leave it out before.")
    size = len(values)
    rows = [np.bincount(np.searchsorted(values, each), minlength=size) for each in arrays]
    return np.array(rows, dtype=np.int64).reshape(len(arrays), size), values


def clip(value: float, low: float, high: float) -> float:
    """`value`, which rounding errors may have taken out of its range, put back into it."""
    return min(max(float(value), low), high)
