"""How far the share of a unit may lie from the whole's by chance, given how many answered there.

Spiegelhalter (2005, Statistics in Medicine 24: 1185–1202): limits around a target, wider the fewer
the answers, instead of a league table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalkit.statistics.outcome import Counts, Floats, whole_counts

USUAL = 0.95
WIDE = 0.998
"""The two levels of Spiegelhalter's plots: about two and about three standard errors."""


@dataclass(frozen=True, kw_only=True)
class FunnelLimits:
    """The shares between which a unit of `n` answers lies with probability `level`, or more.

    `n`, `low` and `high` have one shape.
    """

    method: str
    level: float
    target: float
    n: Counts
    low: Floats
    high: Floats


def funnel_limits(target: float, n: ArrayLike, level: float = USUAL) -> FunnelLimits:
    """Exact binomial limits around the share `target` for units of `n` answers each.

    The lower limit is Spiegelhalter's (appendix A.1.1): the distribution function, made continuous
    by straight lines between whole numbers, reaches (1 − level)/2 there. The upper one is the lower
    one of the opposite answers, so that yes and no have the same funnel; his own lies one answer
    lower, where a unit that is as frequent as (1 − level)/2 allows is already outside.
    """
    sizes = whole_counts(n)
    if not 0 <= target <= 1:
        raise ValueError(f"The target is {target}; it is a share.")
    if not 0 < level < 1:
        raise ValueError(f"The level is {level}; it lies between 0 and 1.")
    if (sizes == 0).any():
        raise ValueError("A unit without answers has no place in a funnel.")
    tail = (1 - level) / 2
    return FunnelLimits(
        method="binomial_limits",
        level=level,
        target=target,
        n=sizes,
        low=_low(target, sizes, tail),
        high=1 - _low(1 - target, sizes, tail),
    )


def outside(yes: ArrayLike, n: ArrayLike, target: float, level: float = USUAL) -> NDArray[np.int8]:
    """1 where a unit's share lies above the limits, −1 below, 0 within; of one shape.

    That is where as many yes as seen or more (or fewer) have a probability of at most
    (1 − level)/2.
    """
    found = whole_counts(yes)
    limits = funnel_limits(target, n, level)
    if found.shape != limits.n.shape or (found > limits.n).any():
        raise ValueError("Each unit has as many yes as answers, or fewer.")
    tail = (1 - level) / 2
    low = _below(found, limits.n, target) <= tail
    high = _below(limits.n - found, limits.n, 1 - target) <= tail
    return high.astype(np.int8) - low.astype(np.int8)


def _below(yes: Counts, n: Counts, share: float) -> Floats:
    """P(X ≤ yes) of a binomial variable; 0 below 0."""
    from scipy.special import bdtr

    found: Floats = np.where(yes < 0, 0.0, bdtr(np.maximum(yes, 0), n, share))
    return found


def _low(target: float, n: Counts, tail: float) -> Floats:
    """The share at which the interpolated distribution function is `tail`, at least 0."""
    if target in (0, 1):
        return np.full(n.shape, float(target))
    first = _smallest_above(target, n, tail)
    at, before = _below(first, n, target), _below(first - 1, n, target)
    share: Floats = np.maximum(first - (at - tail) / (at - before), 0) / n
    return share


def _smallest_above(target: float, n: Counts, tail: float) -> Counts:
    """The smallest number of yes that has P(X ≤ number) above `tail`, by bisection."""
    low, high = np.full(n.shape, -1, np.int64), n.copy()
    while (high - low > 1).any():
        middle = (low + high) // 2
        enough = _below(middle, n, target) > tail
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high
